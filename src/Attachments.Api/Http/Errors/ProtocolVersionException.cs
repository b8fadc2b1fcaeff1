using Attachments.Application.Errors;

namespace Attachments.Api.Http.Errors;

/// <summary>412: the request speaks a version of a protocol that is not spoken here.</summary>
/// <param name="code">See <see cref="RequestException"/>.</param>
/// <param name="detail">See <see cref="RequestException"/>.</param>
/// <param name="field">The header field that names the versions.</param>
/// <param name="versions">Those that are spoken.</param>
internal sealed class ProtocolVersionException(string code, string detail, string field, string versions) : RequestException(code, detail)
{
    public string Field { get; } = field;

    public string Versions { get; } = versions;
}
