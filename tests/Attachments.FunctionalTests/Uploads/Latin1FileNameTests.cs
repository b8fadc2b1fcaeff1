using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>Names of files in part headers that are not UTF-8, as RestSharp and needle send them. They are read as Latin-1.</summary>
internal sealed class Latin1FileNameTests
{
    /// <summary>The family, and how to upload a body and find the address of what it holds.</summary>
    private static IEnumerable<TestCaseData> Uploads()
    {
        yield return Named("session", "attachment", async body =>
        {
            var project = Project.New(TestBed.Service.Admin);
            await project.Have("s");
            (await project.Attach("s", "p", body)).ShouldSucceed();
            return project.Attachment("s", "p");
        });
        yield return Named("set", "a", async body =>
        {
            var set = TemporarySet.New(TestBed.Service.Admin);
            (await set.Upload(body)).Status.ShouldBe(201);
            return TemporarySet.Contents((await set.Items())[0].Id());
        });
        yield return Named("owned attachment", "file", async body =>
        {
            var created = await TestBed.Service.Admin.Ask(HttpMethod.Post, OwnedFiles.Collection, body);
            return created.ShouldBeEntry(201).GetProperty("download_url").GetString()!;
        });

        static TestCaseData Named(string family, string field, Func<HttpContent, Task<string>> upload) =>
            new TestCaseData(field, upload).SetArgDisplayNames(family);
    }

    [TestCaseSource(nameof(Uploads))]
    public async Task The_name_comes_back(string field, Func<HttpContent, Task<string>> upload) =>
        (await Upload(field, upload, "ph\u00f6t\u00f6.txt")).ShouldContain("filename*=UTF-8''ph%C3%B6t%C3%B6.txt");

    [TestCaseSource(nameof(Uploads))]
    public async Task Different_names_stay_different(string field, Func<HttpContent, Task<string>> upload) =>
        (await Upload(field, upload, "ph\u00f6t\u00e4.txt")).ShouldContain("filename*=UTF-8''ph%C3%B6t%C3%A4.txt");

    /// <returns>The Content-Disposition of a download.</returns>
    private static async Task<string> Upload(string field, Func<HttpContent, Task<string>> upload, string name)
    {
        var utf8 = Body.MultipartBytes(new Part($"; name=\"{field}\"; filename=\"{name}\"", []));
        var latin1 = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(utf8));
        var address = await upload(Body.Create(latin1, Body.MultipartType));
        var download = await TestBed.Service.Admin.Ask(HttpMethod.Get, address);
        download.Status.ShouldBe(200, download.Text);
        return download.Field("Content-Disposition")!;
    }
}
