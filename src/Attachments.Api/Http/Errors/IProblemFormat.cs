namespace Attachments.Api.Http.Errors;

/// <summary>An API with an error format of its own. If none applies, problem details (RFC 9457) are sent.</summary>
internal interface IProblemFormat
{
    /// <summary>Whether errors of this request are written in this format.</summary>
    bool AppliesTo(HttpContext context);

    /// <summary>The media type of <see cref="Body"/>.</summary>
    string MediaType { get; }

    /// <summary>The document to send; null for an answer without a body.</summary>
    object? Body(Problem problem, string traceId);

    /// <summary>Sets the header fields that every error of the dialect has.</summary>
    void SetHeaders(IHeaderDictionary headers);
}
