using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests;

/// <summary>Photographs as cameras wrote them, out of Debian's package forensics-samples-files.</summary>
internal sealed class PhotographTests
{
    private const string Package = "forensics-samples-files";
    private const string Samples = "/usr/share/forensics-samples/original-files";
    private const string EmptyMd5 = "d41d8cd98f00b204e9800998ecf8427e";

    private static readonly string[] Photographs =
    [
        "pic1/IMG_1054.JPG",
        "pic1/IMG_20200827_231612.jpg",
        "pic2/IMG_20191224_234846.jpg",
        "pic2/IMG_20200124_231153.jpg",
        "pic2/IMG_20200608_111614.jpg",
    ];

    private const string Document = "text1/a-text.pdf";

    [Test]
    public async Task Come_back_as_they_were_from_a_session_created_with_them()
    {
        RequirePackage();
        foreach (var photograph in Photographs)
        {
            (await File.ReadAllBytesAsync(GetPath(photograph))).AsSpan().IndexOf("Exif\0\0"u8).ShouldBeInRange(2, 64, photograph);
        }

        (await File.ReadAllBytesAsync(GetPath(Document))).AsSpan().StartsWith("%PDF-"u8).ShouldBeTrue();

        await using var service = await Service.StartOnNewDatabase();
        var data = (await Create(service))["data"]!;
        data["weather"]!.ToString().ShouldBe("fog");
        data["__timezone__"]!.ToString().ShouldBe("36000");
        await ExpectEmpty(service, data["nothing"]!);
        await ExpectSame(service, Document, data["document"]!);
        for (var i = 0; i < Photographs.Length; i++)
        {
            await ExpectSame(service, Photographs[i], data[$"photo {i}"]!);
        }
    }

    /// <summary>One request: fields and files mixed, as a device sends them.</summary>
    private static async Task<JsonNode> Create(Service service)
    {
        using var form = new MultipartFormDataContent();
        form.Add(ReadFile(Photographs[0], "image/jpeg"), "session[data][photo 0]", GetName(Photographs[0]));
        form.Add(new StringContent("holiday"), "session[uuid]");
        form.Add(new ByteArrayContent([]), "session[data][nothing]", "nothing.txt");
        for (var i = 1; i < Photographs.Length; i++)
        {
            form.Add(ReadFile(Photographs[i], "image/jpeg"), $"session[data][photo {i}]", GetName(Photographs[i]));
            form.Add(new StringContent("fog"), "session[data][weather]");
        }

        form.Add(new StringContent("camera"), "session[unit_id]");
        form.Add(ReadFile(Document, "application/pdf"), "session[data][document]", GetName(Document));
        form.Add(new StringContent("36000"), "session[data][__timezone__]");
        return await Service.ReadResult(await service.Client.PostAsync("/api/v1/project/1/sessions", form));
    }

    private static async Task ExpectSame(Service service, string sample, JsonNode point)
    {
        var original = await File.ReadAllBytesAsync(GetPath(sample));
        point["filename"]!.ToString().ShouldBe(GetName(sample));
        ((long)point["length"]!).ShouldBe(original.Length);
        point["md5"]!.ToString().ShouldBe(await Md5Sum.Compute(GetPath(sample)));
        var stored = await service.Client.GetByteArrayAsync(new Uri(point["url"]!.ToString()));
        stored.AsSpan().SequenceEqual(original).ShouldBeTrue(sample);
        TestContext.Out.WriteLine($"{sample}: {original.Length} bytes, {point["md5"]}");
    }

    private static async Task ExpectEmpty(Service service, JsonNode point)
    {
        ((long)point["length"]!).ShouldBe(0);
        point["md5"]!.ToString().ShouldBe(EmptyMd5);
        (await service.Client.GetByteArrayAsync(new Uri(point["url"]!.ToString()))).ShouldBeEmpty();
    }

    private static ByteArrayContent ReadFile(string sample, string mediaType) => new(File.ReadAllBytes(GetPath(sample)))
    {
        Headers = { ContentType = new MediaTypeHeaderValue(mediaType) },
    };

    private static string GetPath(string sample) => Path.Combine(Samples, sample);

    private static string GetName(string sample) => Path.GetFileName(sample);

    private static void RequirePackage()
    {
        if (Photographs.Append(Document).All(sample => File.Exists(GetPath(sample))))
        {
            return;
        }

        var message = $"The photographs are not there: apt-get install {Package}";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(message);
        }

        Assert.Ignore(message);
    }
}
