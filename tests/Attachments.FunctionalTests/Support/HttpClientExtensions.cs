namespace Attachments.FunctionalTests.Support;

internal static class HttpClientExtensions
{
    /// <summary>Sends a request, whatever its header fields hold, and reads the response to its end, which the OpenAPI document must describe.</summary>
    public static async Task<Answer> Ask(
        this HttpClient client, HttpMethod method, string target, HttpContent? body = null, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, target) { Content = body };
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        using var response = await client.SendAsync(request);
        var answer = await Answer.Read(response);
        await ApiContract.Hold(method, response.RequestMessage!.RequestUri!, answer);
        return answer;
    }
}
