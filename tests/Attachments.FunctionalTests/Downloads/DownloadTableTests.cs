using System.Globalization;
using System.Security.Cryptography;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Downloads;

/// <summary>How a file is served, row by row, by the content endpoint of every family, byte by byte off the socket.</summary>
[TestFixture]
internal sealed class DownloadTableTests
{
    private const string FileName = "字 photo.jpg";
    private const string Disposition = "attachment; filename=\"_ photo.jpg\"; filename*=UTF-8''%E5%AD%97%20photo.jpg";
    private const string MediaType = "image/jpeg";

    private static readonly byte[] Content = Files.Make(1000);

    // Those of the connection, and of the moment.
    private static readonly string[] Passing = ["Connection", "Date"];

    private static readonly byte[] Other = Files.Make(10, 2);

    /// <summary>Conditions on a write of what is there, what they take, and the status that refuses it; 0: none does.</summary>
    private static readonly (string[] Fields, Versioning Takes, int Refusal)[] Conditions =
    [
        (["If-Match: *"], Versioning.Presence, 0),
        (["If-Match: \"x\""], Versioning.Presence, 412),
        (["If-Match: unquoted"], Versioning.Presence, 400),
        (["If-None-Match: *"], Versioning.Presence, 412),
        (["If-None-Match: \"x\""], Versioning.Presence, 0),
        (["If-None-Match: **"], Versioning.Presence, 400),
        (["If-Unmodified-Since: yesterday"], Versioning.Presence, 400),
        (["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"], Versioning.Presence, 0),
        (["Range: bytes=5000-"], Versioning.Presence, 0),
        (["If-Match: {tag}"], Versioning.Tag, 0),
        (["If-Match: \"x\", {tag}"], Versioning.Tag, 0),
        (["If-Match: W/{tag}"], Versioning.Tag, 412),
        (["If-None-Match: {tag}"], Versioning.Tag, 412),
        (["If-None-Match: W/{tag}"], Versioning.Tag, 412),
        (["If-Match: {tag}", "If-None-Match: {tag}"], Versioning.Tag, 412),
        (["If-Unmodified-Since: {modified}"], Versioning.TagAndDate, 0),
        (["If-Unmodified-Since: {before}"], Versioning.TagAndDate, 412),
        (["If-Match: {tag}", "If-Unmodified-Since: {before}"], Versioning.TagAndDate, 0),
        (["If-Match: \"x\"", "If-Unmodified-Since: {after}"], Versioning.TagAndDate, 412),
    ];

    /// <summary>Conditions on what is not there, and the status that refuses the creation of it; 0: none does.</summary>
    private static readonly (string Field, int Refusal)[] ConditionsOnNothing =
    [
        ("If-Match: *", 412), ("If-Match: \"x\"", 412), ("If-None-Match: *", 0), ("If-None-Match: \"x\"", 0),
        ("If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT", 0), ("If-Match: unquoted", 400), ("If-None-Match: **", 400),
        ("If-Unmodified-Since: yesterday", 400),
    ];

    private static readonly Dictionary<(ContentFamily, int), Kept> Stored = [];

    private static IEnumerable<Row> Rows() =>
    [
        new("nothing asked", [], new Whole()),
        new("HEAD", [], new Whole(), "HEAD"),

        // Precedence (RFC 9110, section 13.2.2).
        new("If-Match, and not If-Unmodified-Since", ["If-Match: {tag}", "If-Unmodified-Since: {before}"], new Whole()),
        new("If-Match fails, whatever If-Unmodified-Since says", ["If-Match: \"x\"", "If-Unmodified-Since: {after}"], new Failed()),
        new("If-Unmodified-Since holds", ["If-Unmodified-Since: {modified}"], new Whole()),
        new("If-Unmodified-Since fails", ["If-Unmodified-Since: {before}"], new Failed()),
        new("If-Unmodified-Since is no date", ["If-Unmodified-Since: yesterday"], new Whole()),
        new("If-Match by a weak tag", ["If-Match: W/{tag}"], new Failed()),
        new("If-Match with a list", ["If-Match: \"x\" , ,{tag}"], new Whole()),
        new("If-Match with two lines", ["If-Match: \"x\"", "If-Match: {tag}"], new Whole()),
        new("If-Match *", ["If-Match: *"], new Whole()),
        new("If-Match before If-None-Match", ["If-Match: \"x\"", "If-None-Match: {tag}"], new Failed()),
        new("If-Match, then If-None-Match", ["If-Match: {tag}", "If-None-Match: {tag}"], new NotModified()),
        new("If-Unmodified-Since before If-Modified-Since", ["If-Unmodified-Since: {before}", "If-Modified-Since: {after}"], new Failed()),
        new("If-Match fails before Range", ["If-Match: \"x\"", "Range: bytes=5000-"], new Failed()),
        new("If-None-Match before Range", ["If-None-Match: {tag}", "Range: bytes=0-9"], new NotModified()),
        new("If-None-Match fails, then Range", ["If-None-Match: \"x\"", "Range: bytes=0-9"], new Slice(0, 9)),
        new("everything holds", ["If-Match: {tag}", "If-None-Match: \"x\"", "If-Range: {tag}", "Range: bytes=0-9"], new Slice(0, 9)),

        new("If-None-Match though the date says modified", ["If-None-Match: {tag}", "If-Modified-Since: {before}"], new NotModified()),
        new("no If-None-Match though the date says unmodified", ["If-None-Match: \"x\"", "If-Modified-Since: {modified}"], new Whole()),
        new("If-None-Match by a weak tag", ["If-None-Match: W/{tag}"], new NotModified()),
        new("If-None-Match *", ["If-None-Match: *"], new NotModified()),
        new("If-None-Match in a list", ["If-None-Match: \"a,b\", {tag}"], new NotModified()),
        new("If-None-Match unquoted", ["If-None-Match: {hex}"], new Whole()),
        new("If-Modified-Since", ["If-Modified-Since: {modified}"], new NotModified()),
        new("If-Modified-Since earlier", ["If-Modified-Since: {before}"], new Whole()),
        new("If-Modified-Since in the future", ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"], new NotModified()),
        new("If-Modified-Since is no date", ["If-Modified-Since: 0"], new Whole()),
        new("HEAD and If-None-Match", ["If-None-Match: {tag}"], new NotModified(), "HEAD"),
        new("HEAD and If-Match", ["If-Match: \"x\""], new Failed(), "HEAD"),

        // If-Range (section 13.1.5).
        new("If-Range by the tag", ["If-Range: {tag}", "Range: bytes=10-19"], new Slice(10, 19)),
        new("If-Range by a weak tag", ["If-Range: W/{tag}", "Range: bytes=10-19"], new Whole()),
        new("If-Range by another tag", ["If-Range: \"x\"", "Range: bytes=10-19"], new Whole()),
        new("If-Range by the date", ["If-Range: {modified}", "Range: bytes=10-19"], new Slice(10, 19)),
        new("If-Range by a later date", ["If-Range: {after}", "Range: bytes=10-19"], new Whole()),
        new("If-Range by an earlier date", ["If-Range: {before}", "Range: bytes=10-19"], new Whole()),
        new("If-Range by nothing", ["If-Range: x", "Range: bytes=10-19"], new Whole()),
        new("If-Range by a list", ["If-Range: {tag}, {tag}", "Range: bytes=10-19"], new Whole()),
        new("If-Range before a range past the end", ["If-Range: \"x\"", "Range: bytes=5000-"], new Whole()),
        new("If-Range without Range", ["If-Range: {tag}"], new Whole()),

        // Ranges (section 14).
        new("one byte", ["Range: bytes=0-0"], new Slice(0, 0)),
        new("from the middle", ["Range: bytes=10-"], new Slice(10, 999)),
        new("all", ["Range: bytes=0-999"], new Slice(0, 999)),
        new("past the end", ["Range: bytes=990-5000"], new Slice(990, 999)),
        new("the last bytes", ["Range: bytes=-10"], new Slice(990, 999)),
        new("more last bytes than there are", ["Range: bytes=-5000"], new Slice(0, 999)),
        new("the unit in capitals", ["Range: BYTES=0-9"], new Slice(0, 9)),
        new("a list of one", ["Range: bytes= ,0-9, "], new Slice(0, 9)),
        new("no last byte", ["Range: bytes=-0"], new Unsatisfiable()),
        new("backwards", ["Range: bytes=5-2"], new Whole()),
        new("letters", ["Range: bytes=a-b"], new Whole()),
        new("an unknown unit", ["Range: lines=1-2"], new Whole()),
        new("no range at all", ["Range: bytes="], new Whole()),
        new("two lines", ["Range: bytes=0-1", "Range: bytes=0-1"], new Whole()),
        new("from the end", ["Range: bytes=1000-"], new Unsatisfiable()),
        new("from past the end", ["Range: bytes=1000-1001"], new Unsatisfiable()),
        new("several", ["Range: bytes=0-1,5-6"], new Whole()),
        new("several, one of them past the end", ["Range: bytes=0-1,5000-"], new Whole()),
        new("several past the end", ["Range: bytes=5000-,6000-"], new Whole()),
        new("from past 64 bits", ["Range: bytes=99999999999999999999-"], new Unsatisfiable()),
        new("to past 64 bits", ["Range: bytes=10-99999999999999999999"], new Slice(10, 999)),
        new("the last bytes, past 64 bits", ["Range: bytes=-99999999999999999999"], new Slice(0, 999)),
        new("backwards past 64 bits", ["Range: bytes=99999999999999999999-99999999999999999998"], new Whole()),
        new("HEAD and a range", ["Range: bytes=0-9"], new Whole(), "HEAD"),
        new("HEAD and a range past the end", ["Range: bytes=5000-"], new Whole(), "HEAD"),
        new("HEAD and If-Range", ["Range: bytes=0-9", "If-Range: \"x\""], new Whole(), "HEAD"),

        new("an empty file", [], new Whole(), Length: 0),
        new("HEAD of an empty file", [], new Whole(), "HEAD", Length: 0),
        new("a range of an empty file", ["Range: bytes=0-"], new Unsatisfiable(), Length: 0),
        new("the last byte of an empty file", ["Range: bytes=-1"], new Unsatisfiable(), Length: 0),
        new("several ranges of an empty file", ["Range: bytes=0-,-1"], new Whole(), Length: 0),
        new("If-None-Match of an empty file", ["If-None-Match: {tag}"], new NotModified(), Length: 0),

        // Want-Repr-Digest (RFC 9530, section 4), also where the digest is not that of the bytes sent.
        new("md5 wanted", ["Want-Repr-Digest: md5=1"], new Whole("md5")),
        new("md5 wanted most", ["Want-Repr-Digest: sha-256=9, md5=10"], new Whole("md5")),
        new("md5 wanted of HEAD", ["Want-Repr-Digest: md5=1"], new Whole("md5"), "HEAD"),
        new("md5 wanted of a range", ["Want-Repr-Digest: md5=1", "Range: bytes=0-9"], new Slice(0, 9, "md5")),
        new("md5 wanted and the file known", ["Want-Repr-Digest: md5=1", "If-None-Match: {tag}"], new NotModified()),
        new("a digest wanted that was not kept", ["Want-Repr-Digest: sha-512=10, md5=0"], new Whole()),
        new("an unknown digest wanted", ["Want-Repr-Digest: crc32c=10"], new Whole()),
        new("an unreadable wish", ["Want-Repr-Digest: md5"], new Whole()),
        new("no digest wanted", ["Want-Repr-Digest: sha-256=0"], new Whole(null)),
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from family in ContentFamily.All
        from row in Rows()
        select new TestCaseData(family, row).SetArgDisplayNames(family.ToString()!, row.Name);

    [TestCaseSource(nameof(Cases))]
    public async Task Is_served(ContentFamily family, Row row)
    {
        var kept = await Have(family, row.Length);
        await using var connection = await TestBed.Service.Connect();
        var fields = row.Fields.Select(field => Filled(field, kept.Content.EntityTag(), kept.Modified)).Append("Connection: close");
        await connection.Send(TestBed.Service.RequestHead(row.Method, kept.File.Target, [.. fields]));
        var answer = await connection.ReadHead();
        var body = await connection.ReadToEnd();
        row.Outcome.Check(answer, body, kept, row.Method == "HEAD");
    }

    private static IEnumerable<TestCaseData> Writes() =>
        from family in ContentFamily.All
        from write in family.Writes
        from condition in Conditions
        where condition.Takes <= write.Versioning
        select new TestCaseData(family, write, condition.Fields, condition.Refusal)
            .SetArgDisplayNames($"{family}", $"{write}", string.Join(", ", condition.Fields));

    /// <param name="family">The family.</param>
    /// <param name="write">What is done.</param>
    /// <param name="conditions">Under which conditions.</param>
    /// <param name="refusal">The status of the refusal; 0: it is done.</param>
    [TestCaseSource(nameof(Writes))]
    public async Task Is_changed_under_the_condition_alone(ContentFamily family, ContentWrite write, string[] conditions, int refusal)
    {
        var kept = await Kept.Store(family, Content);
        var before = await Send(write.Resource(kept.File));
        var (tag, modified) = (before.Field("ETag"), before.Field("Last-Modified"));
        var answer = await write.Send(
            TestBed.Service, kept.File, Other, [.. conditions.Select(condition => Split(Filled(condition, tag, modified)))]);
        var (resource, file) = (await Send(write.Resource(kept.File)), await Get(kept));
        if (refusal > 0)
        {
            answer.Status.ShouldBe(refusal, answer.Text);
            resource.Field("ETag").ShouldBe(tag);
            file.Body.ShouldBe(Content);
            return;
        }

        answer.Status.ShouldBeInRange(200, 299, answer.Text);
        if (write.Versioning != Versioning.Presence)
        {
            resource.Field("ETag").ShouldNotBe(tag);
        }

        if (write.Fate == Fate.IsGone)
        {
            file.Status.ShouldBeOneOf(404, 410);
            return;
        }

        file.Body.ShouldBe(write.Fate == Fate.IsReplaced ? Other : Content);
    }

    private static IEnumerable<TestCaseData> Creations() =>
        from family in ContentFamily.All
        from creation in family.Creations
        from condition in ConditionsOnNothing
        select new TestCaseData(creation, condition.Field, condition.Refusal)
            .SetArgDisplayNames($"{family}", $"{creation}", condition.Field);

    [TestCaseSource(nameof(Creations))]
    public async Task Is_created_under_the_condition_alone(ContentCreation creation, string condition, int refusal)
    {
        var answer = await creation.Send(TestBed.Service, [Split(condition)]);
        if (refusal > 0)
        {
            answer.Status.ShouldBe(refusal, answer.Text);
            return;
        }

        answer.Status.ShouldBeInRange(200, 299, answer.Text);
    }

    [TestCaseSource(typeof(ContentFamily), nameof(ContentFamily.All))]
    public async Task Has_the_digest_that_was_sent_with_it_if_it_is_wanted(ContentFamily family)
    {
        foreach (var content in new[] { Content, Files.Make(Files.Large) })
        {
            var sha512 = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(content))}:";
            var kept = await Kept.Store(family, content, $"Repr-Digest: {sha512}");
            (await Get(kept, ("Want-Repr-Digest", "sha-512=2, sha-256=1"))).Field("Repr-Digest").ShouldBe(sha512);
            (await Get(kept, ("Want-Repr-Digest", "sha-512=2"), ("Range", "bytes=0-0"))).Field("Repr-Digest").ShouldBe(sha512);
            (await Get(kept)).Field("Repr-Digest").ShouldBe(content.Sha256Member());
        }
    }

    [TestCaseSource(typeof(ContentFamily), nameof(ContentFamily.All))]
    public async Task Is_shown_in_place_where_that_is_harmless_and_may_do_no_more_than_that_takes(ContentFamily family)
    {
        const string nothing = "default-src 'none'; sandbox";
        const string toPlay = "default-src 'none'; media-src 'self'; sandbox allow-same-origin";
        const string toView = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'";
        foreach (var (type, harmless, policy) in new[]
        {
            ("image/png", true, nothing), ("text/plain; charset=Shift_JIS", true, nothing), ("video/webm", true, toPlay),
            ("Audio/MPEG", true, toPlay), ("application/pdf", true, toView), ("APPLICATION/PDF; a=b", true, toView),
            ("image/svg+xml", false, nothing), ("text/html", false, nothing), ("text/html; a=\"video/mp4\"", false, nothing),
            ("video/x-ms-asf", false, nothing),
        })
        {
            var file = await family.Store(TestBed.Service, Content, "x", type);
            var answer = await Send(file.Target + (file.Target.Contains('?') ? '&' : '?') + "disposition=inline");
            answer.Field("Content-Type").ShouldBe(family.TypeServed(type), StringCompareShould.IgnoreCase);
            var inline = family.MayBeInline && harmless;
            answer.Field("Content-Disposition").ShouldBe($"{(inline ? "inline" : "attachment")}; filename=\"x\"");
            answer.Field("Content-Security-Policy").ShouldBe(inline ? policy : nothing, type);
            answer.Field("X-Content-Type-Options").ShouldBe("nosniff");
            (await Send(file.Target)).Field("Content-Security-Policy").ShouldBe(nothing, type);
        }
    }

    private static async Task<Kept> Have(ContentFamily family, int length)
    {
        if (!Stored.TryGetValue((family, length), out var kept))
        {
            Stored[(family, length)] = kept = await Kept.Store(family, Content[..length]);
        }

        return kept;
    }

    private static Task<Answer> Get(Kept kept, params (string, string)[] fields) => Send(kept.File.Target, fields);

    private static Task<Answer> Send(string target, params (string Name, string Value)[] fields) =>
        TestBed.Service.Admin.Ask(HttpMethod.Get, target, null, fields);

    /// <summary>With what only the service can tell in place of <c>{tag}</c>, <c>{modified}</c> and so on.</summary>
    private static string Filled(string field, string? tag, string? modified)
    {
        return field
            .Replace("{tag}", tag)
            .Replace("{hex}", tag?.Trim('"'))
            .Replace("{modified}", modified)
            .Replace("{before}", Later(-1))
            .Replace("{after}", Later(1));

        string? Later(int seconds) =>
            modified is null
                ? null
                : DateTimeOffset.ParseExact(modified, "r", CultureInfo.InvariantCulture).AddSeconds(seconds).ToString("r");
    }

    private static (string Name, string Value) Split(string field) =>
        field.Split(": ", 2) is [var name, var value] ? (name, value) : throw new ArgumentException(field, nameof(field));

    /// <summary>A row of the table.</summary>
    /// <param name="Name">What it is about.</param>
    /// <param name="Fields">Header fields of the request; see <see cref="Filled"/>.</param>
    /// <param name="Outcome">What has to come back.</param>
    /// <param name="Method">GET or HEAD.</param>
    /// <param name="Length">Of the file, in bytes.</param>
    internal sealed record Row(string Name, string[] Fields, Outcome Outcome, string Method = "GET", int Length = 1000);

    /// <summary>A file in the service, and what the first look at it told.</summary>
    internal sealed record Kept(ContentFamily Family, KeptFile File, byte[] Content, string Modified)
    {
        public static async Task<Kept> Store(ContentFamily family, byte[] content, params string[] fields)
        {
            var file = await family.Store(TestBed.Service, content, FileName, MediaType, fields);

            // A date of the second that is not over yet would be no validator.
            await TestBed.Service.Execute(
                "UPDATE blobs SET stored_at = stored_at - interval '2 seconds' WHERE stored_at > now() - interval '2 seconds'");
            return new Kept(family, file, content, (await Send(file.Target)).Field("Last-Modified")!);
        }

    }

    internal abstract record Outcome
    {
        /// <param name="answer">Status and fields.</param>
        /// <param name="body">All that came after them.</param>
        /// <param name="kept">The file.</param>
        /// <param name="toHead">The method was HEAD.</param>
        public abstract void Check(Answer answer, byte[] body, Kept kept, bool toHead);

        protected static Dictionary<string, string> FieldsOf(Answer answer) =>
            answer.Fields.ExceptBy(Passing, field => field.Key).ToDictionary();

        protected static Dictionary<string, string> VersionOf(Kept kept) => new()
        {
            ["ETag"] = kept.Content.EntityTag(),
            ["Last-Modified"] = kept.Modified,
            ["Cache-Control"] = "private, no-cache",
        };

        protected static Dictionary<string, string> FileOf(Kept kept, int length, string? digest)
        {
            var fields = VersionOf(kept);
            fields["Content-Type"] = kept.Family.TypeServed(MediaType);
            fields["Content-Length"] = $"{length}";
            fields["Content-Disposition"] = Disposition;
            fields["Accept-Ranges"] = "bytes";
            fields["X-Content-Type-Options"] = "nosniff";
            fields["Content-Security-Policy"] = "default-src 'none'; sandbox";
            if (digest is not null)
            {
                fields["Repr-Digest"] = digest == "md5"
                    ? $"md5=:{Convert.ToBase64String(MD5.HashData(kept.Content))}:"
                    : kept.Content.Sha256Member();
            }

            return fields;
        }
    }

    private sealed record Whole(string? Digest = "sha-256") : Outcome
    {
        public override void Check(Answer answer, byte[] body, Kept kept, bool toHead)
        {
            answer.Status.ShouldBe(200);
            FieldsOf(answer).ShouldBe(FileOf(kept, kept.Content.Length, Digest), ignoreOrder: true);
            body.ShouldBe(toHead ? [] : kept.Content);
        }
    }

    private sealed record Slice(int First, int Last, string? Digest = "sha-256") : Outcome
    {
        public override void Check(Answer answer, byte[] body, Kept kept, bool toHead)
        {
            answer.Status.ShouldBe(206);
            var expected = FileOf(kept, Last - First + 1, Digest);
            expected["Content-Range"] = $"bytes {First}-{Last}/{kept.Content.Length}";
            FieldsOf(answer).ShouldBe(expected, ignoreOrder: true);
            body.ShouldBe(kept.Content[First..(Last + 1)]);
        }
    }

    private sealed record NotModified : Outcome
    {
        public override void Check(Answer answer, byte[] body, Kept kept, bool toHead)
        {
            answer.Status.ShouldBe(304);
            FieldsOf(answer).ShouldBe(VersionOf(kept), ignoreOrder: true);
            body.ShouldBeEmpty();
        }
    }

    private sealed record Failed : Outcome
    {
        public override void Check(Answer answer, byte[] body, Kept kept, bool toHead)
        {
            answer.Status.ShouldBe(412);
            body.Length.ShouldBe(toHead ? 0 : int.Parse(answer.Field("Content-Length")!));
            answer.Field("ETag").ShouldBeNull();
        }
    }

    private sealed record Unsatisfiable : Outcome
    {
        public override void Check(Answer answer, byte[] body, Kept kept, bool toHead)
        {
            answer.Status.ShouldBe(416);
            answer.Field("Content-Range").ShouldBe($"bytes */{kept.Content.Length}");
            body.Length.ShouldBe(int.Parse(answer.Field("Content-Length")!));
        }
    }
}
