using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

/// <summary>Writers at once: each succeeds or fails as a whole, and no file is left without an owner.</summary>
[TestFixture]
[Category(TestBed.Race)]
internal sealed class ConcurrentRecordWritersTests : RecordsFixture
{
    private const int Clients = 16;

    [TestCase(Files.Small)]
    [TestCase(Files.Large)]
    public async Task The_last_of_many_uploads_of_one_file_stands(int length)
    {
        await Forms.Have("1");
        var files = Some(length);
        var answers = await Task.WhenAll(files.Select(file => Forms.Upload("1", "f/a", Body.Raw(file))));
        ShouldAllBe(answers, 200);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        var stands = await Forms.Download("1", "f/a");
        files.ShouldContain(file => file.SequenceEqual(stands.Body));
        (await Forms.ListFiles("1")).ShouldBe(["f/a"]);
    }

    [Test]
    public async Task Different_files_all_stand()
    {
        await Forms.Have("1");
        var files = Some(Files.Small);
        ShouldAllBe(await Task.WhenAll(files.Select((file, i) => Forms.Upload("1", $"f/{i}", Body.Raw(file)))), 200);
        for (var i = 0; i < Clients; i++)
        {
            (await Forms.Download("1", $"f/{i}")).Body.ShouldBe(files[i]);
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Only_one_of_many_creates_a_file_that_must_not_be_there()
    {
        await Forms.Have("1");
        var files = Some(Files.Small);
        var answers = await Task.WhenAll(files.Select(file => Forms.Upload("1", "a", Body.Raw(file), ("If-None-Match", "*"))));
        ShouldAllBe(answers, 200, 412);
        var won = answers.ToList().FindIndex(answer => answer.Status == 200);
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        (await Forms.Download("1", "a")).Body.ShouldBe(files[won]);
    }

    [Test]
    public async Task A_file_uploaded_and_deleted_at_once_is_one_or_the_other()
    {
        await Forms.Have("1");
        await Forms.HaveFile("1", "a", Files.Make(10, 99));
        var files = Some(Files.Small);
        var answers = await Task.WhenAll(
            files.SelectMany(file => new[] { Forms.Upload("1", "a", Body.Raw(file)), Forms.Detach("1", "a") }));
        ShouldAllBe(answers, 200, 204, 404);
        answers.Where((_, i) => i % 2 == 0).ShouldAllBe(answer => answer.Status == 200);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        var stands = await Forms.Download("1", "a");
        (stands.Status == 404 || files.Exists(file => file.SequenceEqual(stands.Body))).ShouldBeTrue();
    }

    [Test]
    public async Task A_record_deleted_while_files_are_uploaded_is_gone_with_all_of_them()
    {
        await Forms.Have("1");
        var files = Some(Files.Small);
        var answers = await Task.WhenAll(files.Select((file, i) =>
            i == Clients / 2 ? Forms.Delete("1") : Forms.Upload("1", $"f/{i}", Body.Raw(file))));
        answers[Clients / 2].ShouldBeDeleted();
        ShouldAllBe(answers, 200, 204, 404);
        (await Forms.Get("1")).ShouldBeNothing();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        await Forms.Have("1");
        (await Forms.ListFiles("1")).ShouldBeEmpty();
    }

    [Test]
    public async Task An_upload_whose_record_is_deleted_under_it_is_told_so()
    {
        await Forms.Have("1");
        var file = Files.Make(Files.Large);
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("POST", Forms.Content("1", "a"), $"Content-Length: {file.Length}"));
        await connection.Send(file[..600_000]);
        await Service.WaitForPendingBlob();
        (await Forms.Delete("1")).ShouldBeDeleted();
        await connection.Send(file[600_000..]);
        (await connection.ReadAnswer()).ShouldBeNothing();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Numbers_are_all_different()
    {
        for (var i = 1; i <= 5; i++)
        {
            await Forms.Have($"{3 * i}");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Forms.Create(Forms.Document())));
        ShouldAllBe(answers, 201);
        answers.Select(answer => answer.Field("Location")).ShouldBeUnique();
        FormType.IdsIn(await Forms.List()).Count.ShouldBe(Clients + 5);
    }

    [Test]
    public async Task A_number_that_a_client_takes_meanwhile_is_not_given()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i =>
            i % 2 == 0 ? Forms.Create(Forms.Document()) : Forms.Put($"{i}", """{"client":true}""", ("If-None-Match", "*"))));
        ShouldAllBe(answers, 201, 412);
        var made = answers.Count(answer => answer.Status == 201);
        FormType.IdsIn(await Forms.List()).Count.ShouldBe(made);
    }

    [Test]
    public async Task Only_one_of_many_creates_a_record_of_one_id()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Forms.Create(Forms.Document(id: "x"))));
        ShouldAllBe(answers, 201, 409);
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
    }

    [Test]
    public async Task Patches_of_different_attributes_all_stand_beside_uploads()
    {
        await Forms.Have("1");
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => i % 2 == 0
            ? Forms.Patch("1", $$"""{"a{{i}}":{{i}}}""")
            : Forms.Upload("1", $"{i}", Body.Raw([(byte)i]))));
        ShouldAllBe(answers, 200);
        (await Forms.Get("1")).Json.GetProperty("data").GetProperty("attributes").Names().Count().ShouldBe(Clients / 2);
        (await Forms.ListFiles("1")).Count.ShouldBe(Clients / 2);
    }

    [Test]
    public async Task Of_patches_of_one_version_one_stands()
    {
        await Forms.Have("1");
        var tag = (await Forms.Get("1")).Field("ETag")!;
        var answers = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(i => Forms.Patch("1", $$"""{"a":{{i}} }""", ("If-Match", tag))));
        ShouldAllBe(answers, 200, 412);
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
    }

    private static List<byte[]> Some(int length) => [.. Enumerable.Range(0, Clients).Select(seed => Files.Make(length, seed))];

    private static void ShouldAllBe(Answer[] answers, params int[] statuses)
    {
        foreach (var answer in answers)
        {
            statuses.ShouldContain(answer.Status, answer.Text);
        }
    }
}
