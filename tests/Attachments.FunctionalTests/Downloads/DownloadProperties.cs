using System.Globalization;
using System.Text;
using Attachments.FunctionalTests.Support;
using Attachments.Testing.Http;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.FunctionalTests.Downloads;

/// <summary>Whatever is asked of a file over a connection, the answer is that of models written from RFC 9110.</summary>
[TestFixtureSource(typeof(ContentFamily), nameof(ContentFamily.All))]
internal sealed class DownloadProperties(ContentFamily family)
{
    // None, few, some, and those around the border of the chunks in which files are read.
    private static readonly int[] Lengths = [0, 1, 2, 10, 1000, 256 << 10, (256 << 10) + 1];

    private readonly Dictionary<int, (KeptFile File, byte[] Content, DateTimeOffset Modified)> kept = [];

    // Connections are used again, and have a patience of their own.
    private const int RequestsOfAConnection = 25;

    private RawConnection? connection;
    private int requests;

    [OneTimeSetUp]
    public async Task Store()
    {
        foreach (var length in Lengths)
        {
            var content = Files.Make(length);
            var file = await family.Store(TestBed.Service, content);
            using var response = await TestBed.Service.Admin.GetAsync(file.Target);
            kept[length] = (file, content, response.Content.Headers.LastModified!.Value);
        }
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
            connection = null;
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Any_range_of_any_file_is_answered_as_the_model_does() => Prop.ForAll(
        Ranges().ToArbitrary(),
        request => Check(request.Length, $"Range: {request.Field}", RangeModel.Of(request.Field, request.Length)).GetAwaiter().GetResult());

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Any_conditions_are_answered_as_the_model_does() => Prop.ForAll(
        Conditions().ToArbitrary(),
        conditions =>
        {
            var status = conditions.OfRead();
            Check(1000, FormatFields(conditions), (status, 0, status == 200 ? 999 : -1)).GetAwaiter().GetResult();
        });

    // A line end, or what is no character of a field at all, is the end of the field or of the request: not for a Range to be.
    private static Gen<(string Field, int Length)> Ranges() =>
        from field in Gen.OneOf(RangeTexts.Any, RangeTexts.Any, ArbMap.Default.GeneratorFor<UnicodeString>().Select(text => text.Get ?? ""))
        from length in Gen.Elements(Lengths)
        select (string.Concat(field.EnumerateRunes().Where(IsFieldCharacter)), length);

    private static bool IsFieldCharacter(Rune rune) => rune.Value == '\t' || (!Rune.IsControl(rune) && rune != Rune.ReplacementChar);

    private static Gen<PreconditionModel> Conditions()
    {
        var tags = Gen.OneOf(Gen.Constant<TagsMeant?>(null), Gen.Elements<TagsMeant?>([.. TagsMeant.All]));
        var dates = Gen.Elements<int?>(null, null, -1, 0, 1, -86400, 1 << 30);
        return from match in tags
               from unmodified in dates
               from noneMatch in tags
               from modified in dates
               select new PreconditionModel(match, unmodified, noneMatch, modified);
    }

    private string FormatFields(PreconditionModel conditions)
    {
        var (_, content, modified) = kept[1000];
        string[] fields =
        [
            Tags("If-Match", conditions.IfMatch),
            Date("If-Unmodified-Since", conditions.IfUnmodifiedSince),
            Tags("If-None-Match", conditions.IfNoneMatch),
            Date("If-Modified-Since", conditions.IfModifiedSince),
        ];
        return string.Join("\r\n", fields.Where(field => field.Length > 0).DefaultIfEmpty("X-None: 1"));

        string Tags(string name, TagsMeant? tags) =>
            tags is null ? "" : $"{name}: {tags.Text.Replace("{0}", content.EntityTag(), StringComparison.Ordinal)}";

        string Date(string name, int? seconds) =>
            seconds is null ? "" : $"{name}: {modified.AddSeconds(seconds.Value).ToString("r", CultureInfo.InvariantCulture)}";
    }

    private async Task Check(int length, string fields, (int Status, long First, long Last) expected)
    {
        var (file, content, _) = kept[length];
        if (requests++ % RequestsOfAConnection == 0 || connection is null)
        {
            await Disconnect();
            connection = await TestBed.Service.Connect();
        }

        await connection.Send(TestBed.Service.RequestHead("GET", file.Target, fields));
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(expected.Status, fields);
        if (expected.Status == 416)
        {
            answer.Field("Content-Range").ShouldBe($"bytes */{length}");
        }
        else if (expected.Status is 200 or 206)
        {
            answer.Field("Content-Range").ShouldBe(expected.Status == 200 ? null : $"bytes {expected.First}-{expected.Last}/{length}");
            var sent = content.AsSpan((int)expected.First, (int)(expected.Last - expected.First + 1));
            answer.Body.AsSpan().SequenceEqual(sent).ShouldBeTrue(fields);
        }
    }
}
