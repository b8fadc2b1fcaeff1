using Attachments.Application.Content.Uploads;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>A part of a multipart request that means something: a file or a text field.</summary>
/// <param name="Name">The <c>name</c> of its Content-Disposition; null when it has none.</param>
internal abstract record MultipartPart(string? Name);

/// <summary>A part with a file name, whatever its disposition is: one that is not known is an attachment (RFC 2183, section 2.8).</summary>
/// <param name="Name">See <see cref="MultipartPart"/>.</param>
/// <param name="Open">
/// Makes an upload of it, once it is known to be wanted: one that is not may be called what no file can be, or be encoded. Its content can
/// be read until the next part is asked for, and what is left of it then is skipped. Its length is not declared: a part's own
/// Content-Length says nothing that can be relied on.
/// </param>
internal sealed record FilePart(string? Name, Func<IncomingFile> Open) : MultipartPart(Name);

/// <summary>A <c>form-data</c> part without a file name.</summary>
/// <param name="Name">See <see cref="MultipartPart"/>.</param>
/// <param name="Text">At most <see cref="MultipartBody.MaxFieldBytes"/> in UTF-8.</param>
internal sealed record FieldPart(string? Name, string Text) : MultipartPart(Name);
