using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Http2;

/// <summary>HTTP/2 beside HTTP/1.1: on one port without TLS in Development, and by ALPN with TLS.</summary>
[TestFixture("cleartext")]
[TestFixture("TLS")]
internal sealed class Http2Tests(string transport)
{
    private const int MaxUploadBytes = 32 << 20;
    private static readonly byte[] Content = Files.Make(Files.Large);

    private RunningService service = null!;
    private HttpClient client = null!;
    private string certificate = "";
    private byte[] thumbprint = [];

    [OneTimeSetUp]
    public async Task Start()
    {
        string[] settings = [$"--Limits:MaxUploadBytes={MaxUploadBytes}", "--Storage:ReclaimAfter=00:00:06"];
        if (transport == "TLS")
        {
            certificate = Path.GetTempFileName();
            using var made = ThrowAwayCertificate();
            thumbprint = made.GetCertHash();
            await File.WriteAllBytesAsync(certificate, made.Export(X509ContentType.Pfx, "x"));
            service = await TestBed.StartService(
            [
                .. settings, "--urls=https://127.0.0.1:0", $"--Kestrel:Certificates:Default:Path={certificate}",
                "--Kestrel:Certificates:Default:Password=x",
            ]);
        }
        else
        {
            service = await TestBed.StartService([.. settings, "--environment=Development"]);
        }

        client = CreateClient(HttpVersion.Version20);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        client.Dispose();
        await service.DisposeAsync();
        if (certificate.Length > 0)
        {
            File.Delete(certificate);
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Serves_both_versions_on_one_port(int version)
    {
        using var other = CreateClient(new Version(version, version == 1 ? 1 : 0));
        using var response = await other.GetAsync("/health/live");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Version.Major.ShouldBe(version);
    }

    [Test]
    public async Task Prefers_HTTP_2_where_the_client_may_choose()
    {
        if (transport != "TLS")
        {
            Assert.Pass("Without TLS a client cannot ask.");
        }

        using var other = CreateClient(HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);
        using var response = await other.GetAsync("/health/live");
        response.Version.ShouldBe(HttpVersion.Version20);
    }

    [Test]
    public async Task Stores_and_serves_a_file_whole_in_part_and_by_HEAD()
    {
        var project = Project.New(client);
        await project.HaveFile("s", "p", Content);
        (await project.FileIn("s", "p")).ShouldBe(Content);

        var part = await project.Download("s", "p", ("Range", "bytes=100-199"));
        part.Status.ShouldBe(206);
        part.Body.ShouldBe(Content[100..200]);
        part.Field("Content-Range").ShouldBe($"bytes 100-199/{Content.Length}");

        var head = await project.Send(HttpMethod.Head, project.Attachment("s", "p"));
        head.Status.ShouldBe(200);
        head.Body.ShouldBeEmpty();
        head.Field("Content-Length").ShouldBe($"{Content.Length}");
        head.Field("ETag").ShouldBe(Content.EntityTag());

        (await project.Download("s", "p", ("If-None-Match", Content.EntityTag()))).Status.ShouldBe(304);
        (await project.Download("s", "p", ("Range", $"bytes={Content.Length}-"))).ShouldBeProblem(416, "range_not_satisfiable");
    }

    [Test]
    public async Task Names_the_file_by_the_path_as_it_was_sent_and_by_the_scheme_used()
    {
        var project = Project.New(client);
        await project.HaveFile("s", "a/b %2F+", Content);
        var url = (await project.Get("s")).ShouldSucceed().GetProperty("data").GetProperty("a/b %2F+").GetProperty("url").GetString()!;
        url.ShouldStartWith(service.Address.GetLeftPart(UriPartial.Authority) + "/");
        (await project.Send(HttpMethod.Get, url)).Body.ShouldBe(Content);
    }

    [Test]
    public async Task Serves_many_at_once_on_one_connection()
    {
        var project = Project.New(client);
        await project.HaveFile("s", "p", Content);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            project.Download("s", "p", ("Range", $"bytes={i * 1000}-{(i * 1000) + 299_999}"))));
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i].Body.AsSpan().SequenceEqual(Content.AsSpan(i * 1000, 300_000)).ShouldBeTrue();
        }
    }

    [Test]
    public async Task Refuses_before_the_body_is_sent()
    {
        var project = Project.New(client);
        await project.Have("s");
        (await Refused(project.Attachment("none", "p"), expectContinue: true)).ShouldBe((404, 0));
        (await Refused(project.Attachment("s", "p"), expectContinue: true, length: MaxUploadBytes + 1L)).ShouldBe((413, 0));
    }

    /// <summary>The rest of the body is told to stay where it is (RST_STREAM, NO_ERROR), and the connection goes on.</summary>
    [Test]
    public async Task Refuses_while_the_body_is_sent()
    {
        var project = Project.New(client);
        await project.Have("s");
        var (status, sent) = await Refused(project.Attachment("none", "p"), expectContinue: false);
        status.ShouldBe(404);
        sent.ShouldBeLessThan(MaxUploadBytes);
        (await project.Get("s")).ShouldSucceed();
    }

    [Test]
    public async Task Asks_for_the_body_once_nothing_speaks_against_it()
    {
        var project = Project.New(client);
        await project.Have("s");
        (await Refused(project.Attachment("s", "p"), expectContinue: true)).ShouldBe((200, MaxUploadBytes));
    }

    [Test]
    public async Task An_upload_that_is_reset_changes_nothing()
    {
        var project = Project.New(client);
        await project.HaveFile("s", "p", Content);
        using var cancel = new CancellationTokenSource();
        var body = new CountedBody(MaxUploadBytes, afterBytes: 1 << 20, then: () => cancel.CancelAsync());
        using var request = new HttpRequestMessage(HttpMethod.Put, project.Attachment("s", "p")) { Content = body };
        await Should.ThrowAsync<OperationCanceledException>(() => Send(request, cancel.Token));
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await project.FileIn("s", "p")).ShouldBe(Content);
    }

    [Test]
    public async Task A_download_that_is_reset_disturbs_no_other()
    {
        var large = Files.Make(16 << 20);
        var project = Project.New(client);
        await project.HaveFile("s", "p", large);
        using (var request = new HttpRequestMessage(HttpMethod.Get, project.Attachment("s", "p")))
        using (var response = await Send(request, CancellationToken.None))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1000]);
        }

        (await project.FileIn("s", "p")).Md5().ShouldBe(large.Md5());
    }

    [Test]
    public async Task A_download_in_progress_survives_its_file()
    {
        var large = Files.Make(16 << 20);
        var project = Project.New(client);
        await project.HaveFile("s", "p", large);
        using var request = new HttpRequestMessage(HttpMethod.Get, project.Attachment("s", "p"));
        using var response = await Send(request, CancellationToken.None);
        (await project.Detach("s", "p")).ShouldSucceed();
        (await response.Content.ReadAsByteArrayAsync()).Md5().ShouldBe(large.Md5());
    }

    [TestCase("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [TestCase("P")]
    [TestCase("PRI * HTTP/2.0\r\n")]
    public async Task What_only_begins_like_HTTP_2_ends_its_own_connection_alone(string start)
    {
        if (transport == "TLS")
        {
            Assert.Pass("Below TLS there is nothing to tell apart.");
        }

        await using (var connection = await service.Connect())
        {
            await connection.Send(start);
            connection.EndSending();
            Encoding.ASCII.GetString(await connection.ReadToEnd()).ShouldNotContain("200");
        }

        using var response = await client.GetAsync("/health/live");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_request_that_arrives_byte_by_byte_is_HTTP_1()
    {
        if (transport == "TLS")
        {
            Assert.Pass("Below TLS there is nothing to tell apart.");
        }

        await using var connection = await service.Connect();
        foreach (var octet in Encoding.ASCII.GetBytes("PUT /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        {
            await connection.Send([octet]);
        }

        (await connection.ReadAnswer()).Status.ShouldBe(405);
    }

    private async Task<(int Status, long Sent)> Refused(string target, bool expectContinue, long length = MaxUploadBytes)
    {
        var body = new CountedBody(length);
        using var request = new HttpRequestMessage(HttpMethod.Put, target) { Content = body };
        request.Headers.ExpectContinue = expectContinue;
        using var response = await Send(request, CancellationToken.None);
        return ((int)response.StatusCode, body.Sent);
    }

    private Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private HttpClient CreateClient(Version version, HttpVersionPolicy policy = HttpVersionPolicy.RequestVersionExact)
    {
        var handler = new SocketsHttpHandler
        {
            // Long enough that no test sends a body without having been asked for it.
            Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHash().SequenceEqual(thumbprint);
        return new HttpClient(new Versioned(handler, version, policy))
        {
            BaseAddress = service.Address,
            DefaultRequestHeaders = { Authorization = new("Bearer", service.AdminToken) },
        };
    }

    private static X509Certificate2 ThrowAwayCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>Sends every request in one version; a client's default does not reach those that are made outside of it.</summary>
    private sealed class Versioned(HttpMessageHandler inner, Version version, HttpVersionPolicy policy) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = version;
            request.VersionPolicy = policy;
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A file of zeros that knows how much of it was asked for.</summary>
    private sealed class CountedBody : HttpContent
    {
        private readonly long length;
        private readonly long afterBytes;
        private readonly Func<Task>? then;

        public CountedBody(long length, long afterBytes = long.MaxValue, Func<Task>? then = null)
        {
            (this.length, this.afterBytes, this.then) = (length, afterBytes, then);
            Headers.ContentType = new("application/octet-stream");
        }

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var chunk = new byte[64 << 10];
            while (Sent < length)
            {
                var count = (int)Math.Min(chunk.Length, length - Sent);
                await stream.WriteAsync(chunk.AsMemory(0, count));
                Sent += count;
                if (Sent >= afterBytes && then is not null)
                {
                    await then();
                }
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
