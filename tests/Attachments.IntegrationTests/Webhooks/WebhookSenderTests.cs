using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Attachments.Application.Webhooks;
using Attachments.Infrastructure.Webhooks;
using Attachments.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace Attachments.IntegrationTests.Webhooks;

/// <summary>One try of a delivery, with receivers on real sockets.</summary>
public sealed class WebhookSenderTests
{
    private const string Payload = """{"type":"session.created","subject":"/ä"}""";

    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(1);

    private static readonly string[] Secrets = [MakeSecret(), MakeSecret()];

    [Test]
    public async Task Signs_with_every_secret_as_Standard_Webhooks_says()
    {
        await using var receiver = WebhookReceiver.Start(WebhookReceiver.Answers(204));
        var sent = Delivery(receiver.Url);
        (await Send(receiver, sent)).ShouldSatisfyAllConditions(
            outcome => outcome.IsDelivered.ShouldBeTrue(), outcome => outcome.Status.ShouldBe(204));
        var hook = receiver.Received.ShouldHaveSingleItem();
        hook.Body.ShouldBe(Payload);
        hook.Id.ShouldBe($"{sent.ChangeId:D}");
        hook.Fields["Content-Type"].ShouldBe("application/json");
        hook.Fields["webhook-signature"].Split(' ').Distinct().Count().ShouldBe(2);
        foreach (var secret in Secrets)
        {
            new StandardWebhook(secret).Verify(hook.Body, Headers(hook));
        }

        Should.Throw<WebhookVerificationException>(() => new StandardWebhook(MakeSecret()).Verify(hook.Body, Headers(hook)));
    }

    [Test]
    public async Task Tells_receivers_nothing_of_traces_and_keeps_no_cookies()
    {
        await using var receiver = WebhookReceiver.Start(WebhookReceiver.Answers(200, "", "Set-Cookie: a=b; Path=/"));
        using var sender = Sender(receiver.Port);
        using var span = new Activity("test").Start();
        await sender.Send(Delivery(receiver.Url), CancellationToken.None);
        await sender.Send(Delivery(receiver.Url), CancellationToken.None);
        receiver.Received.Count.ShouldBe(2);
        receiver.Received.SelectMany(hook => hook.Fields.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
            .ShouldBe(["Content-Length", "Content-Type", "Host", "User-Agent", "webhook-id", "webhook-signature", "webhook-timestamp"]);
    }

    [TestCase(200, true)]
    [TestCase(299, true)]
    [TestCase(304, false)]
    [TestCase(400, false)]
    [TestCase(410, false)]
    [TestCase(503, false)]
    public async Task Takes_only_2xx_for_success(int status, bool isDelivered)
    {
        await using var receiver = WebhookReceiver.Start(WebhookReceiver.Answers(status));
        var outcome = await Send(receiver);
        (outcome.Status, outcome.IsDelivered, outcome.IsGone).ShouldBe((status, isDelivered, status == 410));
        outcome.Error.ShouldBe(isDelivered ? null : "answered_with_failure");
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    [TestCase(308)]
    public async Task Follows_no_redirect(int status)
    {
        await using var target = WebhookReceiver.Start();
        await using var receiver = WebhookReceiver.Start(WebhookReceiver.Answers(status, "", $"Location: {target.Url}"));
        using var sender = Sender(receiver.Port, target.Port);
        (await sender.Send(Delivery(receiver.Url), CancellationToken.None)).Status.ShouldBe(status);
        target.Received.ShouldBeEmpty();
    }

    [Test]
    public async Task Ends_with_a_receiver_that_hangs()
    {
        await using var receiver = WebhookReceiver.Start((_, _, token) => Task.Delay(Timeout.Infinite, token));
        await ShouldTimeOut(receiver);
    }

    [Test]
    public async Task Ends_with_a_receiver_whose_head_trickles()
    {
        await using var receiver = StartTrickling("HTTP/1.1 200 OK\r\nX: ");
        await ShouldTimeOut(receiver);
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E8\r\n")]
    public async Task Takes_a_head_for_the_answer_and_what_came_in_time_of_a_body_that_trickles(string beginning)
    {
        await using var receiver = StartTrickling(beginning);
        var outcome = await SendShortly(receiver);
        (outcome.Status, outcome.Error).ShouldBe((200, null));
        outcome.Answer!.Length.ShouldBeInRange(1, 999);
    }

    [TestCase(200)]
    [TestCase(410)]
    [TestCase(503)]
    public async Task Takes_a_head_for_the_answer_and_what_came_of_a_body_that_breaks(int status)
    {
        await using var receiver = WebhookReceiver.Start((_, stream, token) => stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Whatever\r\nContent-Length: 1000\r\nRetry-After: 120\r\n\r\nhalf"), token).AsTask());
        var outcome = await Send(receiver);
        (outcome.Status, outcome.IsDelivered, outcome.IsGone).ShouldBe((status, status == 200, status == 410));
        outcome.RetryAfter.ShouldBe(TimeSpan.FromMinutes(2));
        Encoding.UTF8.GetString(outcome.Answer!).ShouldBe("half");
    }

    [Test]
    public async Task Reads_no_more_than_the_beginning_of_a_huge_answer()
    {
        const long gibibyte = 1L << 30;
        var written = 0L;
        await using var receiver = WebhookReceiver.Start(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {gibibyte}\r\n\r\n"), token);
            var piece = new byte[64 << 10];
            Array.Fill(piece, (byte)'a');
            while (written < gibibyte)
            {
                await stream.WriteAsync(piece, token);
                written += piece.Length;
            }
        });
        var outcome = await Send(receiver);
        outcome.IsDelivered.ShouldBeTrue();
        outcome.Answer.ShouldBe(Enumerable.Repeat((byte)'a', 1024).ToArray());
        await receiver.DisposeAsync();
        written.ShouldBeLessThan(64 << 20, "The rest stays with the receiver, but for what the sockets hold.");
    }

    [Test]
    public async Task Ends_with_a_receiver_whose_answer_has_a_huge_head()
    {
        await using var receiver = WebhookReceiver.Start(
            (_, stream, token) => stream.WriteAsync(WebhookReceiver.Format(200, "", $"X: {new string('x', 100_000)}"), token).AsTask());
        (await Send(receiver)).Error.ShouldBe("answer_invalid");
    }

    [Test]
    public async Task Ends_with_a_receiver_that_hangs_up()
    {
        await using var receiver = WebhookReceiver.Start((_, _, _) => Task.CompletedTask);
        (await Send(receiver)).Error.ShouldBe("connection_lost");
    }

    [Test]
    public async Task Keeps_a_short_answer_whole_and_hears_when_to_come_again()
    {
        await using var receiver = WebhookReceiver.Start(WebhookReceiver.Answers(503, "later", "Retry-After: 120"));
        var outcome = await Send(receiver);
        Encoding.UTF8.GetString(outcome.Answer!).ShouldBe("later");
        outcome.RetryAfter.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Test]
    public async Task Hears_a_date_to_come_again_at()
    {
        var date = DateTimeOffset.UtcNow.AddHours(1);
        await using var receiver = WebhookReceiver.Start(WebhookReceiver.Answers(429, "", $"Retry-After: {date:R}"));
        (await Send(receiver)).RetryAfter!.Value.TotalSeconds.ShouldBe(3600, 5);
    }

    [Test]
    public async Task Checks_the_address_at_each_try_since_a_name_may_lead_elsewhere()
    {
        await using var receiver = WebhookReceiver.Start();
        var resolver = new Names(
            ["127.0.0.2"],
            ["127.0.0.1"],
            ["::ffff:169.254.169.254"],
            ["::ffff:127.0.0.1"],
            ["::1"],
            ["10.0.0.1", "169.254.169.254"],
            ["127.0.0.1", "127.0.0.2"]);
        using var sender = Sender(resolver, new WebhooksOptions { AllowedNetworks = ["127.0.0.2/32"], AllowedPorts = [$"{receiver.Port}"] });
        var errors = new List<string?>();
        for (var i = 0; i < 7; i++)
        {
            errors.Add((await sender.Send(Delivery($"http://receiver.test:{receiver.Port}/"), CancellationToken.None)).Error);
        }

        const string refused = "address_refused";
        errors.ShouldBe([null, refused, refused, refused, refused, refused, null]);
        receiver.Received.Count.ShouldBe(2);
    }

    [Test]
    public async Task Refuses_an_address_that_the_settings_have_allowed_before()
    {
        await using var receiver = WebhookReceiver.Start();
        using var sender = Sender(new SystemResolver(), new WebhooksOptions { AllowedPorts = [$"{receiver.Port}"] });
        (await sender.Send(Delivery(receiver.Url), CancellationToken.None)).Error.ShouldBe("url_refused");
        (await sender.Send(Delivery($"http://localhost:{receiver.Port}/"), CancellationToken.None)).Error.ShouldBe("address_refused");
        receiver.Received.ShouldBeEmpty();
    }

    [Test]
    public async Task Says_why_nothing_was_reached()
    {
        using var sender = Sender(new Names(), Allowing(1));
        (await sender.Send(Delivery("http://127.0.0.1:1/"), CancellationToken.None)).Error.ShouldBe("connection_failed");
        (await sender.Send(Delivery("http://nowhere.test:1/"), CancellationToken.None)).Error.ShouldBe("name_not_resolved");
    }

    [Test]
    public async Task Trusts_no_certificate_of_its_own_making()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
            return await tls.ReadAsync(new byte[1]);
        });
        using var sender = Sender(new Names(["127.0.0.1"]), Allowing(port));
        (await sender.Send(Delivery($"https://localhost:{port}/"), CancellationToken.None)).Error.ShouldBe("tls_failed");
        try
        {
            (await serving).ShouldBe(0);
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The sender has gone.
        }
    }

    [Test]
    public async Task Says_nothing_of_a_try_that_the_end_of_the_service_breaks_off()
    {
        await using var receiver = WebhookReceiver.Start((_, _, token) => Task.Delay(Timeout.Infinite, token));
        using var sender = Sender(receiver.Port);
        using var stop = new CancellationTokenSource();
        var sending = sender.Send(Delivery(receiver.Url), stop.Token);
        await receiver.WaitFor(1);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);
    }

    /// <summary>Sends a beginning, and then a character at a time, for ever.</summary>
    private static WebhookReceiver StartTrickling(string beginning) => WebhookReceiver.Start(async (_, stream, token) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), token);
        while (true)
        {
            await stream.WriteAsync("x"u8.ToArray(), token);
            await Task.Delay(50, token);
        }
    });

    private static async Task ShouldTimeOut(WebhookReceiver receiver) => (await SendShortly(receiver)).Error.ShouldBe("timed_out");

    /// <summary>Sends to a receiver that does not come to an end.</summary>
    private static async Task<DeliveryOutcome> SendShortly(WebhookReceiver receiver)
    {
        using var sender = Sender(new SystemResolver(), new WebhooksOptions
        {
            AllowedNetworks = ["127.0.0.0/8"],
            AllowedPorts = [$"{receiver.Port}"],
            Timeout = ShortTimeout,
        });
        var watch = Stopwatch.StartNew();
        var outcome = await sender.Send(Delivery(receiver.Url), CancellationToken.None);
        watch.Elapsed.ShouldBeInRange(ShortTimeout * 0.9, ShortTimeout * 10);
        receiver.Received.Count.ShouldBe(1);
        return outcome;
    }

    private static Task<DeliveryOutcome> Send(WebhookReceiver receiver) => Send(receiver, Delivery(receiver.Url));

    private static async Task<DeliveryOutcome> Send(WebhookReceiver receiver, LeasedDelivery delivery)
    {
        using var sender = Sender(receiver.Port);
        return await sender.Send(delivery, CancellationToken.None);
    }

    private static LeasedDelivery Delivery(string url) => new(
        Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), 0, IsTest: false, url, Secrets, Encoding.UTF8.GetBytes(Payload));

    private static string MakeSecret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static HeaderDictionary Headers(ReceivedHook hook)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in hook.Fields)
        {
            headers[name] = value;
        }

        return headers;
    }

    private static WebhookSender Sender(params int[] ports) => Sender(new SystemResolver(), Allowing(ports));

    private static WebhookSender Sender(IHostResolver resolver, WebhooksOptions options) => new(
        resolver, new WebhookTargets(Options.Create(options), allowsHttp: true), Options.Create(options), TimeProvider.System);

    private static WebhooksOptions Allowing(params int[] ports) =>
        new() { AllowedNetworks = ["127.0.0.0/8"], AllowedPorts = [.. ports.Select(port => $"{port}")] };

    /// <summary>Leads elsewhere each time it is asked, and at last nowhere.</summary>
    private sealed class Names(params string[][] addresses) : IHostResolver
    {
        private readonly Queue<string[]> answers = new(addresses);

        public Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken) => answers.TryDequeue(out var answer)
            ? Task.FromResult(answer.Select(IPAddress.Parse).ToArray())
            : throw new SocketException((int)SocketError.HostNotFound);
    }
}
