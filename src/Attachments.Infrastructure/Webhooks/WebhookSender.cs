using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Attachments.Application.Errors;
using Attachments.Application.Webhooks;
using Microsoft.Extensions.Options;
using StandardWebhooks;

namespace Attachments.Infrastructure.Webhooks;

/// <summary>
/// Makes one try of a delivery: a POST signed as Standard Webhooks says, on a connection of its own, whose address has been checked. It
/// follows no redirect, uses no proxy, keeps no cookie and sends no header of a trace.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    private const int MaxAnswerBytes = 64 << 10;
    private const int KeptAnswerBytes = 1 << 10;
    private const int MaxAnswerHeadKilobytes = 16;

    private readonly WebhookTargets targets;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;
    private readonly HttpClient client;

    public WebhookSender(IHostResolver resolver, WebhookTargets targets, IOptions<WebhooksOptions> options, TimeProvider time)
    {
        this.targets = targets;
        this.time = time;
        timeout = options.Value.Timeout;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = new GuardedConnector(resolver, targets).Connect,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PreAuthenticate = false,
            MaxResponseHeadersLength = MaxAnswerHeadKilobytes,

            // A receiver is none of ours: it gets no ids of our traces, and its URL, which may hold a secret, is in none.
            ActivityHeadersPropagator = null,

            // The address is checked at each try, so each has its own connection.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseDrainSize = 0,

            // A receiver's certificate may name URLs to load its issuers from, whose addresses nobody checks. The roots are the system's.
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    DisableCertificateDownloads = true,
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends once.</summary>
    /// <param name="delivery">What, where to, and the secrets that sign.</param>
    /// <param name="cancellationToken">The service stops: the try counts as not made.</param>
    /// <exception cref="OperationCanceledException">The service stops.</exception>
    public async Task<DeliveryOutcome> Send(LeasedDelivery delivery, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(timeout);
        try
        {
            using var request = MakeRequest(delivery);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            return await Read(response, end.Token, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryOutcome.Failed("timed_out");
        }
        catch (InvalidRequestException)
        {
            return DeliveryOutcome.Failed("url_refused");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or WebhookFailureException)
        {
            return DeliveryOutcome.Failed(GetCode(exception));
        }
    }

    public void Dispose() => client.Dispose();

    private HttpRequestMessage MakeRequest(LeasedDelivery delivery)
    {
        var now = time.GetUtcNow();
        var id = delivery.ChangeId.ToString("D");
        var text = Encoding.UTF8.GetString(delivery.Payload);
        var signatures = delivery.Secrets.Select(secret => new StandardWebhook(secret).Sign(id, now, text)).ToList();
        if (signatures.Count > 1)
        {
            // Receivers with the .NET library (1.1.2) leave the last of several out.
            signatures.Add(signatures[^1]);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, targets.RequireUrl(delivery.Url))
        {
            Content = new ByteArrayContent(delivery.Payload),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", string.Join(' ', signatures));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Attachments-Webhooks", null));
        return request;
    }

    /// <summary>Status and header fields decide; the body is only kept to be shown.</summary>
    private async Task<DeliveryOutcome> Read(HttpResponseMessage response, CancellationToken end, CancellationToken stop)
    {
        var answer = await ReadBeginning(response, end, stop);
        return new DeliveryOutcome(
            (int)response.StatusCode, response.IsSuccessStatusCode ? null : "answered_with_failure", answer, GetRetryAfter(response));
    }

    /// <summary>
    /// Reads the answer to its end, but no more than <see cref="MaxAnswerBytes"/>; the connection then ends. What breaks or takes too long is
    /// kept as far as it came.
    /// </summary>
    private static async Task<byte[]> ReadBeginning(HttpResponseMessage response, CancellationToken end, CancellationToken stop)
    {
        var buffer = new byte[KeptAnswerBytes];
        var kept = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(end);
            var rest = new byte[4 * KeptAnswerBytes];
            for (var total = 0; total < MaxAnswerBytes;)
            {
                var isKept = kept < buffer.Length;
                var read = await body.ReadAsync(isKept ? buffer.AsMemory(kept) : rest, end);
                if (read == 0)
                {
                    break;
                }

                kept += isKept ? read : 0;
                total += read;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It takes too long.
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // It breaks.
        }

        return buffer[..kept];
    }

    private TimeSpan? GetRetryAfter(HttpResponseMessage response)
    {
        var field = response.Headers.RetryAfter;
        return field?.Delta ?? (field?.Date is { } date ? date - time.GetUtcNow() : null);
    }

    private static string GetCode(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is WebhookFailureException failure)
            {
                return failure.Code;
            }
        }

        return ((exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpIOException)?.HttpRequestError) switch
        {
            HttpRequestError.SecureConnectionError => "tls_failed",
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => "answer_invalid",
            _ => "connection_lost",
        };
    }
}

/// <summary>What was taken of a webhook.</summary>
/// <param name="Deliveries">Those to be tried now.</param>
/// <param name="IsStuck">There is nothing to do for now, though something is due: it waits for others, or too many are pending.</param>
public sealed record TakenDeliveries(IReadOnlyList<LeasedDelivery> Deliveries, bool IsStuck);

/// <summary>A delivery that this process may try now.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="ChangeId">The change.</param>
/// <param name="LeaseId">Whoever has it may record the outcome.</param>
/// <param name="Attempts">The tries before this one.</param>
/// <param name="IsTest">There are no more tries.</param>
/// <param name="Url">Where it is sent.</param>
/// <param name="Secrets">Those that sign, the newest first.</param>
/// <param name="Payload">What is sent, in UTF-8.</param>
public sealed record LeasedDelivery(
    Guid WebhookId,
    Guid ChangeId,
    Guid LeaseId,
    int Attempts,
    bool IsTest,
    string Url,
    IReadOnlyList<string> Secrets,
    byte[] Payload);

/// <summary>How a try has ended.</summary>
/// <param name="Status">Of the answer; null: there was none.</param>
/// <param name="Error">In snake case; null: it was delivered.</param>
/// <param name="Answer">The beginning of the answer's body; null: there was none.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
public sealed record DeliveryOutcome(int? Status, string? Error, byte[]? Answer, TimeSpan? RetryAfter)
{
    public bool IsDelivered => Error is null;

    /// <summary>410: the receiver wants no more.</summary>
    public bool IsGone => Status == 410;

    public static DeliveryOutcome Failed(string error) => new(null, error, null, null);
}
