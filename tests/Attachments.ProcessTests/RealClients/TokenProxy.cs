using Microsoft.AspNetCore.Http;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Lets a browser, which sends no token by itself, use the service as if it were another origin.</summary>
internal static class TokenProxy
{
    // Headers of one connection (RFC 9110, section 7.6.1), and what the server sets anew.
    private static readonly string[] OfTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding", "Date"];

    /// <summary>Answers as the service does: with its status, its fields and its bytes.</summary>
    /// <param name="context">A request, whose Range and body are passed on.</param>
    /// <param name="service">With the token.</param>
    /// <param name="target">Of the service.</param>
    public static async Task Forward(HttpContext context, HttpClient service, string target)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target);
        request.Headers.TryAddWithoutValidation("Range", [.. context.Request.Headers.Range]);
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using var answer = await service.SendAsync(request);
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!OfTheConnection.Contains(name))
            {
                response.Headers[name] = values.ToString();
            }
        }

        await answer.Content.CopyToAsync(response.Body);
    }
}
