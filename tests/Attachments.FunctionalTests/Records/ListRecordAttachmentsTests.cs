using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

[TestFixture]
internal sealed class ListRecordAttachmentsTests : RecordsFixture
{
    /// <summary>Each with a name of 240 bytes, so that their list is more than what sockets hold.</summary>
    private const int Many = 10_000;

    [Test]
    public async Task Lists_what_the_seed_lists()
    {
        Forms = new FormType(Service.RecordsWriter, "Contract");
        await Forms.Have("57");
        (await Forms.Upload("57", "folder/logo.png", Body.Create(Files.Make(1234), "banana/banana"))).ShouldBeUploaded();
        (await Forms.Upload("57", "banana.png", Body.Create(Files.Make(1234), "banana/banana"))).ShouldBeUploaded();
        var apiroot = $"{Service.Address.GetLeftPart(UriPartial.Authority)}/api";
        const string Seed =
            """
            {
                "data": [
                    {
                        "type": "attachment",
                        "id": "Contract/57/attachments/banana.png",
                        "attributes" : {
                            "mimetype": "banana/banana",
                            "size": 1234
                        },
                        "links": {
                            "content": "@apiroot/records/Contract/57/attachments/content/banana.png"
                        }
                    },
                    {
                        "type": "attachment",
                        "id": "Contract/57/attachments/folder/logo.png",
                        "attributes" : {
                            "mimetype": "banana/banana",
                            "size": 1234
                        },
                        "links": {
                            "content": "@apiroot/records/Contract/57/attachments/content/folder/logo.png"
                        }
                    }
                ]
            }
            """;
        (await Forms.ListAttachments("57")).ShouldBeDocument()
            .ShouldBeJson(Seed.Replace("@apiroot", apiroot, StringComparison.Ordinal));
        (await Forms.Delete("57")).ShouldBeDeleted();
    }

    [Test]
    public async Task A_record_without_files_has_an_empty_list()
    {
        await Forms.Have("1");
        (await Forms.ListAttachments("1")).ShouldBeDocument().ShouldBeJson("""{"data":[]}""");
        (await Forms.ListAttachments("1", "?page[size]=1")).ShouldBeDocument().ShouldBeJson("""{"data":[]}""");
    }

    [Test]
    public async Task Orders_by_folder_then_name_by_code_point_the_root_first([Values("", "?page[size]=1", "?page[size]=3")] string query)
    {
        await Forms.Have("1");
        string[] files =
        [
            "B", "a", "z z", "é", "\uFB00", "😀", "A/y", "content/a", "content/b", "folder/x", "folder.x/a", "ä/a", "ä/b",
        ];
        foreach (var file in files.Reverse())
        {
            await Forms.HaveFile("1", string.Join('/', file.Split('/').Select(Uri.EscapeDataString)), []);
        }

        var seen = new List<string>();
        for (string? page = Forms.Attachments("1") + query; page is not null;)
        {
            var answer = await Forms.Send(HttpMethod.Get, page);
            seen.AddRange(Forms.FilesIn(answer, "1"));
            page = FormType.GetNext(answer);
        }

        seen.ShouldBe(files);
    }

    [Test]
    public async Task Links_lead_to_the_bytes_and_ids_are_as_they_are_read()
    {
        Forms = new FormType(Service.Admin, $"{Forms.Name} a/b+50%");
        await Forms.Have("n 1");
        var file = Files.Make(10);
        await Forms.HaveFile("n 1", "my%20folder/%25+%3F%E5%AD%97.png", file);
        var item = (await Forms.ListAttachments("n 1")).ShouldBeDocument().GetProperty("data")[0];
        item.GetProperty("id").GetString().ShouldBe($"{Forms.Name}/n 1/attachments/my folder/%+?字.png");
        var link = item.GetProperty("links").GetProperty("content").GetString()!;
        link.ShouldEndWith("%20a%2Fb%2B50%25/n%201/attachments/content/my%20folder/%25%2B%3F%E5%AD%97.png");
        (await Forms.Send(HttpMethod.Get, link)).Body.ShouldBe(file);
    }

    [Test]
    public async Task HEAD_answers_as_GET_without_a_body()
    {
        await Forms.Have("1");
        await Forms.HaveFile("1", "a", []);
        var head = await Forms.Send(HttpMethod.Head, Forms.Attachments("1"));
        head.Status.ShouldBe(200);
        head.Body.ShouldBeEmpty();
        head.Field("Content-Type").ShouldBe(FormType.MediaType);
        head.Field("Vary").ShouldBe("Accept");
    }

    [Test]
    public async Task A_page_outlives_the_file_it_follows()
    {
        await Forms.Have("1");
        foreach (var file in new[] { "f/a", "f/b", "g/a" })
        {
            await Forms.HaveFile("1", file, []);
        }

        var next = FormType.GetNext(await Forms.ListAttachments("1", "?page[size]=2"))!;
        (await Forms.Detach("1", "f/b")).ShouldBeDeleted();
        (await Forms.Detach("1", "f/a")).ShouldBeDeleted();
        Forms.FilesIn(await Forms.Send(HttpMethod.Get, next), "1").ShouldBe(["g/a"]);
    }

    [Test]
    public async Task Lists_ten_thousand_files_in_pages_and_as_a_whole_and_deletes_them_at_once()
    {
        await HaveMany(Service, Forms);
        var seen = new List<string>();
        var pages = 0;
        for (string? page = $"{Forms.Attachments("1")}?page[size]=999"; page is not null; pages++)
        {
            var answer = await Forms.Send(HttpMethod.Get, page);
            seen.AddRange(Forms.FilesIn(answer, "1"));
            page = FormType.GetNext(answer);
        }

        pages.ShouldBe(11);
        seen.ShouldBeUnique();
        seen.Count.ShouldBe(Many);
        var whole = await Forms.ListAttachments("1");
        whole.ShouldBeDocument().Names().ShouldBe(["data"]);
        Forms.FilesIn(whole, "1").ShouldBe(seen);
        (await Forms.Delete("1")).ShouldBeDeleted();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Slow_readers_hold_no_connection_and_no_list()
    {
        await using var service = await TestBed.StartServiceOfTwoConnections();
        var forms = FormType.New(service.Admin);
        await HaveMany(service, forms);
        await using var first = await BeginToRead(service, forms);
        await using var second = await BeginToRead(service, forms);

        // As many connections as there are, and they are to be had while both lists are under way.
        (await forms.Get("1")).ShouldBeDocument();
        (await forms.Delete("1")).ShouldBeDeleted();

        // What had not been read by then is not there any more, and the clients are told that they have not all of the list.
        await Should.ThrowAsync<IOException>(() => first.Read(20_000_000));
        await Should.ThrowAsync<IOException>(() => second.Read(20_000_000));
    }

    private static async Task<RawConnection> BeginToRead(RunningService service, FormType forms)
    {
        var connection = await service.Connect(receiveBuffer: 4096);
        await connection.Send(service.RequestHead("GET", forms.Attachments("1")));
        (await connection.ReadHead()).Status.ShouldBe(200);
        return connection;
    }

    private static async Task HaveMany(RunningService service, FormType forms)
    {
        await forms.Have("1");
        await service.Execute(
            $"""
            WITH made AS (
                INSERT INTO blobs (id, state, length, md5, sha256, media_type, stored_by, created_at, stored_at, touched_at, large_object)
                SELECT gen_random_uuid(), 1, 1, decode(md5('x'), 'hex'), sha256('x'), 'text/plain', gen_random_uuid(), now(), now(), now(),
                    lo_from_bytea(0, 'x')
                FROM generate_series(1, {Many})
                RETURNING id
            )
            INSERT INTO record_files (owner_id, folder, name, blob_id)
            SELECT (SELECT id FROM records WHERE form_type = '{forms.Name}'), 'f' || n % 3, repeat('字', 78) || n, id
            FROM (SELECT id, row_number() OVER () AS n FROM made) numbered
            """);
    }
}
