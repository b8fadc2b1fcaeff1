using Attachments.Application.Errors;

namespace Attachments.Api.Http.Errors;

/// <summary>406: the client takes the answer in no form in which it can be given.</summary>
internal sealed class NotAcceptableException(string code, string detail) : RequestException(code, detail);
