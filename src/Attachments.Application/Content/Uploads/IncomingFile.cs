using Attachments.Domain.Content;

namespace Attachments.Application.Content.Uploads;

/// <summary>A file whose bytes are not read yet.</summary>
/// <param name="FileName">Null: the client sent none.</param>
/// <param name="MediaType">With its parameters, such as the charset of a text.</param>
/// <param name="DeclaredLength">In bytes; null: unknown. Only used to refuse a file that is too large before reading it.</param>
/// <param name="Digests">The digests that the client sent.</param>
/// <param name="Content">A stream that is read once, from its start to its end.</param>
public sealed record IncomingFile(FileName? FileName, string MediaType, long? DeclaredLength, ExpectedDigests Digests, Stream Content);
