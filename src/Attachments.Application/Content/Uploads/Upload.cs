using Attachments.Domain.Content;

namespace Attachments.Application.Content.Uploads;

/// <summary>A file on its way in: what is known of it before a byte is read, and the stream that its bytes will come from.</summary>
/// <param name="FileName">Null: the client named none.</param>
/// <param name="MediaType">With its parameters: a text is not what it was without its charset.</param>
/// <param name="DeclaredLength">In bytes, when the client said so. It is believed only to refuse what is too large.</param>
/// <param name="Digests">What the client says the bytes hash to.</param>
/// <param name="Content">Not yet read, read once, never sought.</param>
public sealed record Upload(FileName? FileName, string MediaType, long? DeclaredLength, ExpectedDigests Digests, Stream Content);
