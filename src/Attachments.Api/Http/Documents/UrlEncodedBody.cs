using System.Runtime.CompilerServices;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Microsoft.AspNetCore.WebUtilities;

namespace Attachments.Api.Http.Documents;

/// <summary>A request's body as an urlencoded form (the URL Standard, section 5.1), its fields in the order sent.</summary>
internal static class UrlEncodedBody
{
    /// <exception cref="InvalidRequestException"><c>form_invalid</c>; and see <see cref="DocumentBody.Read"/>.</exception>
    public static async IAsyncEnumerable<KeyValuePair<string, string>> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = await DocumentBody.Read(request, limits, cancellationToken);

        // The document's limit bounds each field as well.
        using var reader = new FormReader(body)
        {
            KeyLengthLimit = limits.MaxDocumentBytes,
            ValueLengthLimit = limits.MaxDocumentBytes,
            ValueCountLimit = int.MaxValue,
        };
        while (await Next(reader, cancellationToken) is { } field)
        {
            yield return field;
        }
    }

    private static async Task<KeyValuePair<string, string>?> Next(FormReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextPairAsync(cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidRequestException("form_invalid", exception.Message);
        }
    }
}
