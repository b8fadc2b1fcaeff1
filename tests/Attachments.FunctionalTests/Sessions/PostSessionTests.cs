using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class PostSessionTests : SessionsFixture
{
    private const string SeedJson =
        """
        {
        "session":{
        "uuid" : "12341234-12341234-1234-1234-123412341234",
        "unit_id" : "mydevice",
        "created" : 1234567890,
        "saved" : 1234567890,
        "data" : {
        "point1" : "value1",
        "point2" : "value2",
        "sketch1" : { "rawData" : "base-64-data-goes-here" }
        }
        }
        }
        """;

    private static readonly string[] SeedForm =
    [
        "session[uuid]=12341234-12341234-1234-1234-123412341234",
        "session[unit_id]=mydevice",
        "session[created]=1234567890",
        "session[saved]=1234567890",
        "session[data][point1]=value1",
        "session[data][point2]=value2",
        "session[data][sketch1][rawData]=base-64-data-goes-here==",
        "session[data][__timezone__]=36000",
    ];

    // What the sample decodes to, written in the alphabet of RFC 4648, section 4, and with its last digit as an encoder writes it.
    private const string Sketch = """{"rawData":"base+64+data+goes+herQ=="}""";

    private static readonly byte[] One = Files.Make(Files.Small, 1);
    private static readonly byte[] Two = Files.Make(Files.Large, 2);
    private static readonly byte[] Three = Files.Make(0);

    [Test]
    public async Task Takes_the_json_example_of_the_seed()
    {
        var expected = $$"""
            {"project_id":{{ProjectId}},"uuid":"{{Uuid}}","unit_id":"mydevice","created":1234567890,"saved":1234567890,
             "data":{"point1":"value1","point2":"value2","sketch1":{{Sketch}} } }
            """;
        (await Project.Create(Body.Json(SeedJson))).ShouldSucceedWith(expected);
        (await Project.Get(Uuid)).ShouldSucceedWith(expected);
    }

    private static IEnumerable<TestCaseData> SeedForms()
    {
        var fields = SeedForm.Select(line => line.Split('=', 2)).Select(pair => (Name: pair[0], Value: pair[1])).ToArray();
        yield return new TestCaseData(Body.RawForm(string.Join('&', SeedForm))).SetArgDisplayNames("as written");
        yield return new TestCaseData(Body.Form(fields)).SetArgDisplayNames("urlencoded");
        var parts = fields.Select(field => Part.Field(field.Name, field.Value));
        yield return new TestCaseData(Body.Multipart([.. parts])).SetArgDisplayNames("multipart");
    }

    [TestCaseSource(nameof(SeedForms))]
    public async Task Takes_the_form_example_of_the_seed(HttpContent form) =>
        (await Project.Create(form)).ShouldSucceedWith(
            $$"""
            {"project_id":{{ProjectId}},"uuid":"{{Uuid}}","unit_id":"mydevice","created":1234567890,"saved":1234567890,
             "data":{"__timezone__":"36000","point1":"value1","point2":"value2","sketch1":{{Sketch}} } }
            """);

    [TestCase("1,unit,2,value,3")]
    [TestCase("unit,value,1,2,3")]
    [TestCase("3,2,1,value,unit")]
    [TestCase("2,unit,value,3,1")]
    public async Task Attaches_the_files_of_a_multipart_form_wherever_they_stand(string order)
    {
        var parts = new Dictionary<string, Part>
        {
            ["unit"] = Part.Field("session[unit_id]", "u"),
            ["value"] = Part.Field("session[data][value]", "v"),
            ["1"] = Part.File("session[data][one]", One, "one.jpg"),
            ["2"] = Part.File("session[data][two]", Two, "two.jpg"),
            ["3"] = Part.File("session[data][three]", Three, "three.jpg"),
        };
        var session = (await Project.Create(Body.Multipart([.. order.Split(',').Select(name => parts[name])]))).ShouldSucceed();
        var uuid = session.GetProperty("uuid").GetString()!;
        session.GetProperty("data").Names().ShouldBe(["one", "three", "two", "value"]);
        (await Project.FileIn(uuid, "one")).ShouldBe(One);
        (await Project.FileIn(uuid, "two")).ShouldBe(Two);
        (await Project.FileIn(uuid, "three")).ShouldBeEmpty();
    }

    [Test]
    public async Task Shows_an_attachment_with_its_name_type_length_digest_and_address()
    {
        var session = (await Project.Create(Body.Multipart(
            Part.Field("session[uuid]", "s"), Part.Field("session[unit_id]", "u"), Part.File("session[data][p]", Two)))).ShouldSucceed();
        session.GetProperty("data").ShouldBeJson(
            $$"""
            {"p":{"filename":"photo.jpg","content_type":"image/jpeg","length":{{Two.Length}},"md5":"{{Two.Md5()}}",
             "url":"{{new Uri(Service.Address, Project.Attachment("s", "p"))}}"} }
            """);
    }

    [Test]
    public async Task The_last_of_two_values_of_a_point_wins(
        [Values("scalar", "rawData", "file", "large file")] string first, [Values("scalar", "rawData", "file", "large file")] string second)
    {
        static Part Value(string kind, int seed) => kind switch
        {
            "scalar" => Part.Field("session[data][p]", $"{seed}"),
            "rawData" => Part.Field("session[data][p][rawData]", Convert.ToBase64String([(byte)seed])),
            "file" => Part.File("session[data][p]", Files.Make(Files.Small, seed)),
            _ => Part.File("session[data][p]", Files.Make(Files.Large, seed)),
        };
        var body = Body.Multipart(Part.Field("session[unit_id]", "u"), Value(first, 1), Value(second, 2));
        var session = (await Project.Create(body)).ShouldSucceed();
        var point = session.GetProperty("data").GetProperty("p");
        switch (second)
        {
            case "scalar":
                point.GetString().ShouldBe("2");
                break;
            case "rawData":
                point.ShouldBeJson("""{"rawData":"Ag=="}""");
                break;
            default:
                point.GetProperty("md5").GetString().ShouldBe(Files.Make(second == "file" ? Files.Small : Files.Large, 2).Md5());
                break;
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private static IEnumerable<HttpContent> WithTheSameNamesTwice() =>
    [
        Body.Session("""  "unit_id":"old","unit_id":"new","data":{"p":"old","p":{"rawData":"AQ=="},"q":{"rawData":"AQ=="},"q":"new"}  """),
        Body.Form(
            ("session[unit_id]", "old"), ("session[unit_id]", "new"), ("session[data][p]", "old"), ("session[data][p][rawData]", "AQ=="),
            ("session[data][q][rawData]", "AQ=="), ("session[data][q]", "new")),
    ];

    [TestCaseSource(nameof(WithTheSameNamesTwice))]
    public async Task The_last_of_two_fields_of_a_name_wins(HttpContent body)
    {
        var session = (await Project.Create(body)).ShouldSucceed();
        session.GetProperty("unit_id").GetString().ShouldBe("new");
        session.GetProperty("data").ShouldBeJson("""{"p":{"rawData":"AQ=="},"q":"new"}""");
    }

    [Test]
    public async Task Replaces_the_session_of_the_same_uuid_with_its_files()
    {
        (await Project.Create(Body.Multipart(
            Part.Field("session[uuid]", Uuid),
            Part.Field("session[unit_id]", "old"),
            Part.Field("session[data][gone]", "x"),
            Part.File("session[data][one]", One),
            Part.File("session[data][two]", Two)))).ShouldSucceed();
        var replaced = (await Project.Create(Body.Multipart(
            Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", "new"), Part.File("session[data][one]", Two))))
            .ShouldSucceed();
        replaced.GetProperty("unit_id").GetString().ShouldBe("new");
        replaced.GetProperty("data").Names().ShouldBe(["one"]);
        (await Project.FileIn(Uuid, "one")).ShouldBe(Two);
        (await Project.Download(Uuid, "two")).ShouldBeProblem(404, "attachment_not_found");
        (await Project.List()).Json.GetProperty("result").GetArrayLength().ShouldBe(1);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Project.FileIn(Uuid, "one")).ShouldBe(Two);
    }

    [Test]
    public async Task A_uuid_is_unique_within_its_project_only()
    {
        var other = Project.New(Service.Admin);
        await other.Have(Uuid, """  "p":"theirs"  """);
        await Project.Have(Uuid, """  "p":"ours"  """);
        (await other.Get(Uuid)).ShouldSucceed().GetProperty("data").ShouldBeJson("""{"p":"theirs"}""");
    }

    private static IEnumerable<TestCaseData> FailingReplacements()
    {
        static TestCaseData Case(string name, int status, string code, byte[] body) =>
            new TestCaseData(status, code, body).SetArgDisplayNames(name);
        var unit = Part.Field("session[unit_id]", "new");
        var uuid = Part.Field("session[uuid]", Uuid);
        var small = Part.File("session[data][one]", Files.Make(Files.Small, 9));
        var large = Part.File("session[data][two]", Files.Make(Files.Large, 9));
        yield return Case("no unit_id", 400, "unit_id_missing", Body.MultipartBytes(uuid, small, large));
        yield return Case(
            "bad time", 400, "validation_failed", Body.MultipartBytes(uuid, unit, small, large, Part.Field("session[created]", "x")));
        yield return Case(
            "bad base64",
            400,
            "raw_data_invalid",
            Body.MultipartBytes(uuid, unit, small, large, Part.Field("session[data][r][rawData]", "?")));
        yield return Case(
            "bad point name", 400, "point_name_invalid", Body.MultipartBytes(uuid, unit, small, large, Part.Field("session[data][]", "x")));
        yield return Case(
            "rawData over the limit",
            413,
            "raw_data_too_large",
            Body.MultipartBytes(uuid, unit, small, large, Part.Field("session[data][r][rawData]", new string('A', 100_000))));
        foreach (var length in new[] { Files.Small, Files.Large })
        {
            yield return Case(
                $"digest of a file of {length} bytes",
                400,
                "digest_mismatch",
                Body.MultipartBytes(
                    uuid,
                    unit,
                    small,
                    large,
                    Part.File("session[data][x]", Files.Make(length), "x", $"Content-Digest: {Three.Sha256Member()}")));
        }

        yield return Case(
            "file over the limit",
            413,
            "upload_too_large",
            Body.MultipartBytes(uuid, unit, small, large, Part.File("session[data][x]", new byte[TestBed.MaxUploadBytes + 1])));
        yield return Case(
            "too many parts",
            413,
            "too_many_parts",
            Body.MultipartBytes([uuid, unit, small, large, .. Enumerable.Repeat(Part.Field("session[data][x]", "x"), TestBed.MaxParts)]));
        yield return Case(
            "no last boundary", 400, "multipart_invalid", Body.MultipartBytes(uuid, unit, small, large)[..^(Body.Boundary.Length + 6)]);
        yield return Case("cut off in a file", 400, "multipart_invalid", Body.MultipartBytes(uuid, unit, small, large)[..^10_000]);
    }

    [TestCaseSource(nameof(FailingReplacements))]
    public async Task A_replacement_that_fails_leaves_the_old_session_as_it_was(int status, string code, byte[] body)
    {
        var old = (await Project.Create(Body.Multipart(
            Part.Field("session[uuid]", Uuid),
            Part.Field("session[unit_id]", "old"),
            Part.Field("session[data][value]", "v"),
            Part.File("session[data][one]", One),
            Part.File("session[data][two]", Two)))).ShouldSucceed();

        (await Project.Create(Body.Create(body, Body.MultipartType))).ShouldBeProblem(status, code);

        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Project.Get(Uuid)).ShouldSucceedWith(old.GetRawText());
        (await Project.FileIn(Uuid, "one")).ShouldBe(One);
        (await Project.FileIn(Uuid, "two")).ShouldBe(Two);
    }

    [TestCase("\"unit_id\":\"u\"")]
    [TestCase("\"unit_id\":\"u\",\"uuid\":null")]
    public async Task Chooses_a_random_uuid_where_none_is_sent(string members)
    {
        var first = (await Project.Create(Body.Session(members))).ShouldSucceed().GetProperty("uuid").GetGuid();
        var second = (await Project.Create(Body.Session(members))).ShouldSucceed().GetProperty("uuid").GetGuid();
        second.ShouldNotBe(first);
        first.Version.ShouldBe(4);
    }

    [TestCase(1, "x")]
    [TestCase(100, "x")]
    [TestCase(100, "😀")]
    public async Task A_uuid_has_up_to_100_characters(int length, string character)
    {
        var uuid = string.Concat(Enumerable.Repeat(character, length));
        (await Project.Have(uuid)).GetProperty("uuid").GetString().ShouldBe(uuid);
        (await Project.Get(uuid)).ShouldSucceed().GetProperty("uuid").GetString().ShouldBe(uuid);
    }

    [TestCase(0)]
    [TestCase(101)]
    [TestCase(300)]
    public async Task Refuses_any_other_uuid(int length)
    {
        var uuid = new string('x', length);
        (await Project.Create(Body.Session($$"""  "unit_id":"u","uuid":"{{uuid}}"  """))).ShouldBeProblem(400, "uuid_invalid");
        (await Project.Create(Body.Form(("session[unit_id]", "u"), ("session[uuid]", uuid)))).ShouldBeProblem(400, "uuid_invalid");
    }

    [TestCase("a\\u0000b")]
    [TestCase("\\u0000")]
    public async Task Refuses_a_uuid_with_a_NUL(string escaped)
    {
        (await Project.Create(Body.Session($$"""  "unit_id":"u","uuid":"{{escaped}}"  """))).ShouldBeProblem(400, "uuid_invalid");
        (await Project.Create(Body.Form(("session[unit_id]", "u"), ("session[uuid]", "a\0b")))).ShouldBeProblem(400, "uuid_invalid");
    }

    [TestCase("\"data\":{}", "unit_id_missing")]
    [TestCase("\"unit_id\":null", "unit_id_missing")]
    [TestCase("\"unit_id\":\"\"", "unit_id_invalid")]
    [TestCase("\"unit_id\":1", "session_invalid")]
    [TestCase("\"unit_id\":[\"u\"]", "session_invalid")]
    [TestCase("\"unit_id\":\"\\u0000\"", "unit_id_invalid")]
    [TestCase("\"unit_id\":\"\\ud800\"", "json_invalid")]
    public async Task Needs_a_unit_id(string members, string code) =>
        (await Project.Create(Body.Session(members))).ShouldBeProblem(400, code);

    [Test]
    public async Task A_unit_id_has_up_to_255_characters()
    {
        (await Project.Create(Body.Form(("session[unit_id]", new string('u', 255))))).ShouldSucceed();
        (await Project.Create(Body.Form(("session[unit_id]", new string('u', 256))))).ShouldBeProblem(400, "unit_id_invalid");
    }

    [TestCase("1234567890", 1234567890)]
    [TestCase("\"1234567890\"", 1234567890)]
    [TestCase("0", 0)]
    [TestCase("-1", -1)]
    [TestCase("4102444800", 4102444800)]
    public async Task Takes_times_as_integers_or_digits(string json, long expected)
    {
        var session = (await Project.Create(Body.Session($$"""  "unit_id":"u","created":{{json}},"saved":{{json}}  """))).ShouldSucceed();
        session.GetProperty("created").GetInt64().ShouldBe(expected);
        session.GetProperty("saved").GetInt64().ShouldBe(expected);
    }

    [Test]
    public async Task Refuses_any_other_time(
        [Values("created", "saved")] string field,
        [Values(
            "1.5", "1e3", "\"1e3\"", "\"1.0\"", "\"x\"", "\"\"", "\" 1\"", "\"0x7\"", "\"1,000\"", "true", "[]", "99999999999999999999")]
        string json)
    {
        var answer = await Project.Create(Body.Session($$"""  "unit_id":"u","{{field}}":{{json}}  """));
        var isOfAnotherKind = json is "true" or "[]";
        var problem = answer.ShouldBeProblem(400, isOfAnotherKind ? "session_invalid" : "validation_failed");
        if (isOfAnotherKind)
        {
            problem.GetProperty("detail").GetString()!.ShouldContain(field);
        }
        else
        {
            problem.GetProperty("errors").Names().ShouldBe([$"session.{field}"]);
        }
    }

    [Test]
    public async Task Times_default_to_now()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var session = (await Project.Create(Body.Session("\"unit_id\":\"u\",\"created\":null"))).ShouldSucceed();
        var after = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        session.GetProperty("created").GetInt64().ShouldBeInRange(before, after);
        session.GetProperty("saved").GetInt64().ShouldBeInRange(before, after);
    }

    [TestCase("\"value1\"", "value1")]
    [TestCase("\"\"", "")]
    [TestCase("\" a\\tb\\n \"", " a\tb\n ")]
    [TestCase("\"\\ud83d\\ude00 ä 字 <&>\"", "😀 ä 字 <&>")]
    [TestCase("36000", "36000")]
    [TestCase("-1.50", "-1.50")]
    [TestCase("1E+400", "1E+400")]
    [TestCase("123456789012345678901234567890", "123456789012345678901234567890")]
    [TestCase("true", "true")]
    [TestCase("false", "false")]
    public async Task Keeps_a_string_number_or_boolean_as_its_text(string json, string expected) =>
        (await Project.Create(Body.Point(json))).ShouldSucceed().GetProperty("data").GetProperty("p").GetString().ShouldBe(expected);

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("[\"x\"]")]
    [TestCase("{}")]
    [TestCase("{\"other\":\"AQ==\"}")]
    [TestCase("{\"RawData\":\"AQ==\"}")]
    [TestCase("{\"rawData\":1}")]
    [TestCase("{\"rawData\":null}")]
    [TestCase("{\"rawData\":\"AQ==\",\"more\":1}")]
    public async Task Refuses_any_other_value_and_names_its_point(string json) =>
        (await Project.Create(Body.Session($$"""  "unit_id":"u","data":{"the point":{{json}}}  """)))
            .ShouldBeProblem(400, "point_invalid").GetProperty("detail").GetString()!.ShouldContain("the point");

    private static IEnumerable<HttpContent> WithNestedFields() =>
    [
        Body.Form(("session[unit_id]", "u"), ("session[data][the point][other]", "x")),
        Body.Multipart(Part.Field("session[unit_id]", "u"), Part.Field("session[data][the point][other]", "x")),
        Body.Multipart(Part.Field("session[unit_id]", "u"), Part.File("session[data][the point][other]", One)),
    ];

    [TestCaseSource(nameof(WithNestedFields))]
    public async Task Refuses_a_form_field_inside_of_a_point_and_names_its_point(HttpContent form) =>
        (await Project.Create(form)).ShouldBeProblem(400, "point_invalid").GetProperty("detail").GetString()!.ShouldContain("the point");

    [TestCase("\"p\":\"\\ud800\"", "json_invalid")]
    [TestCase("\"p\":\"\\udc00\\ud800\"", "json_invalid")]
    [TestCase("\"\\ud800\":\"x\"", "json_invalid")]
    [TestCase("\"p\":{\"rawData\":\"\\ud800\"}", "json_invalid")]
    [TestCase("\"p\":{\"\\ud800awData\":\"AQ==\"}", "json_invalid")]
    [TestCase("\"p\":\"a\\u0000b\"", "point_invalid")]
    [TestCase("\"a\\u0000b\":\"x\"", "point_name_invalid")]
    [TestCase("\"\":\"x\"", "point_name_invalid")]
    public async Task Refuses_text_that_cannot_be_stored(string points, string code) =>
        (await Project.Create(Body.Session($$"""  "unit_id":"u","data":{{{points}}}  """))).ShouldBeProblem(400, code);

    [TestCase("{\"\\ud800ession\":1,\"session\":{\"unit_id\":\"u\"}}")]
    [TestCase("{\"session\":{\"\\ud800ata\":1,\"unit_id\":\"u\"}}")]
    public async Task Refuses_names_of_members_that_are_no_text(string json) =>
        (await Project.Create(Body.Json(json))).ShouldBeProblem(400, "json_invalid");

    [Test]
    public async Task Ignores_members_that_it_does_not_know() =>
        (await Project.Create(Body.Json("""{"more":1,"session":{"unit_id":"u","Unit_id":1,"other":[null]}}""")))
            .ShouldSucceed().GetProperty("unit_id").GetString().ShouldBe("u");

    [Test]
    public async Task Refuses_a_field_that_is_not_utf8() =>
        (await Project.Create(Body.Multipart(Part.Field("session[unit_id]", "u"), new Part("; name=\"session[data][p]\"", [0xe4]))))
            .ShouldBeProblem(400, "field_not_utf8");

    [TestCase("x")]
    [TestCase("😀")]
    public async Task A_point_name_has_up_to_255_characters(string character)
    {
        var name = string.Concat(Enumerable.Repeat(character, 255));
        (await Project.Create(Body.Form(("session[unit_id]", "u"), ($"session[data][{name}]", "v"))))
            .ShouldSucceed().GetProperty("data").Names().ShouldBe([name]);
        (await Project.Create(Body.Form(("session[unit_id]", "u"), ($"session[data][{name}x]", "v"))))
            .ShouldBeProblem(400, "point_name_invalid");
    }

    [TestCase("", "")]
    [TestCase("AQID", "AQID")]
    [TestCase("AQI=", "AQI=")]
    [TestCase("AQI", "AQI=")]
    [TestCase("AQ\\r\\nID\\nAQID\\r\\n", "AQIDAQID")]
    [TestCase("-_-_", "+/+/")]
    public async Task Takes_rawData_in_base64(string sent, string expected) =>
        (await Project.Create(Body.Point($$"""{"rawData":"{{sent}}"}"""))).ShouldSucceed()
            .GetProperty("data").ShouldBeJson($$$"""{"p":{"rawData":"{{{expected}}}"}}""");

    [TestCase("?")]
    [TestCase("A")]
    [TestCase("AQI==")]
    [TestCase("AQ=ID")]
    [TestCase("ä")]
    public async Task Refuses_rawData_that_is_not_base64(string text)
    {
        var problem = (await Project.Create(Body.Point($$"""{"rawData":"{{text}}"}"""))).ShouldBeProblem(400, "raw_data_invalid");
        problem.GetProperty("detail").GetString()!.ShouldContain("'p'");
        (await Project.Create(Body.Form(("session[unit_id]", "u"), ("session[data][p][rawData]", text))))
            .ShouldBeProblem(400, "raw_data_invalid");
    }

    [Test]
    public async Task Takes_up_to_64_KiB_of_rawData()
    {
        var most = new byte[64 << 10];
        (await Project.Create(Body.Point($$"""{"rawData":"{{Convert.ToBase64String(most)}}"}"""))).ShouldSucceed();
        (await Project.Create(Body.Point($$"""{"rawData":"{{Convert.ToBase64String([.. most, 0])}}"}""")))
            .ShouldBeProblem(413, "raw_data_too_large");
    }

    [TestCase(null)]
    [TestCase("text/plain")]
    [TestCase("application/octet-stream")]
    [TestCase("application/xml")]
    [TestCase("application/vnd.api+json")]
    [TestCase("multipart/mixed; boundary=x")]
    public async Task Refuses_any_other_type(string? mediaType) =>
        (await Project.Create(Body.Create("{}"u8.ToArray(), mediaType))).ShouldBeProblem(415, "media_type_unsupported");

    [TestCase("Application/JSON; charset=utf-8")]
    [TestCase("application/json;charset=UTF-8")]
    public async Task Takes_a_type_in_any_case_and_with_parameters(string mediaType) =>
        (await Project.Create(Body.Create("""{"session":{"unit_id":"u"}}"""u8.ToArray(), mediaType))).ShouldSucceed();

    private static IEnumerable<HttpContent> WithoutASession() =>
    [
        Body.Json("{}"),
        Body.Json("[]"),
        Body.Json("null"),
        Body.Json("\"session\""),
        Body.Json("""{"Session":{"unit_id":"u"}}"""),
        Body.Json("""{"session":null}"""),
        Body.Json("""{"session":[]}"""),
        Body.Json("""{"unit_id":"u"}"""),
        Body.Form(),
        Body.Form(("unit_id", "u")),
        Body.Multipart(Part.Field("unit_id", "u")),
        Body.Multipart(Part.File("photo", One)),
    ];

    [TestCaseSource(nameof(WithoutASession))]
    public async Task Refuses_a_body_without_a_session(HttpContent body) =>
        (await Project.Create(body)).ShouldBeProblem(400, "session_missing");

    [TestCase("")]
    [TestCase("{")]
    [TestCase("session")]
    [TestCase("{'session':{}}")]
    [TestCase("{\"session\":{\"unit_id\":\"u\"},}")]
    [TestCase("{\"session\":{\"unit_id\":\"u\"}} {}")]
    [TestCase("{\"session\":{\"unit_id\":\"u\"}} // comment")]
    [TestCase("{\"session\":{\"unit_id\":\"u\n\"}}")]
    public async Task Refuses_a_body_that_is_not_json(string text) =>
        (await Project.Create(Body.Json(text))).ShouldBeProblem(400, "json_invalid");

    [Test]
    public async Task Refuses_json_nested_too_deep() =>
        (await Project.Create(Body.Json(new string('[', 10_000)))).ShouldBeProblem(400, "json_invalid");

    [TestCase("""{"session":{"unit_id":"u"},"session":{"unit_id":"v"}}""")]
    [TestCase("""{"session":{"unit_id":"u"},"other":1,"session":null}""")]
    [TestCase("""{"session":null,"session":{"unit_id":"u"}}""")]
    public async Task Refuses_several_sessions(string json) =>
        (await Project.Create(Body.Json(json))).ShouldBeProblem(400, "session_invalid");

    [TestCase("""{"session":{"unit_id":"u","data":{"p":1}}}}""")]
    [TestCase("""{"session":{"unit_id":"u","data":{"p":1}}} x""")]
    [TestCase("""{"session":{"unit_id":"u","data":{"p":1}}""")]
    [TestCase("""{"session":{"unit_id":"u","data":{"p":1},}}""")]
    [TestCase("""{"session":{"unit_id":"u","data":{"p":1""")]
    [TestCase("""{"session":{"unit_id":"u","data":{"p":1}},"other":[}""")]
    [TestCase("""[}""")]
    [TestCase("")]
    [TestCase("   ")]
    public async Task Refuses_what_is_no_JSON_wherever_it_breaks(string json)
    {
        (await Project.Create(Body.Json(json))).ShouldBeProblem(400, "json_invalid");
        (await Project.List()).ShouldSucceed().GetArrayLength().ShouldBe(0);
    }

    [Test]
    public async Task Takes_a_byte_order_mark_and_any_pieces()
    {
        var text = new string('x', 100_000);
        var points = $$"""{"p\u00e9":"{{text}}","q":{"rawData":"AAAA"},"r":-1.50e1,"s":true}""";
        var json = $"{{\"a\":{{\"b\":[1,{{}}]}},\"session\":{{\"x\":[\"y\"],\"unit_id\":\"u\",\"data\":{points}}},\"c\":null}}  ";
        var body = Body.Create([0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(json)], "application/json");
        (await Project.Create(await body.InChunks())).ShouldSucceed().GetProperty("data")
            .ShouldBeJson($$"""{"pé":"{{text}}","q":{"rawData":"AAAA"},"r":"-1.50e1","s":"true"}""");
    }

    [TestCase("\"data\":[]")]
    [TestCase("\"data\":null")]
    [TestCase("\"data\":\"x\"")]
    public async Task Refuses_data_that_is_no_object_of_points(string members) =>
        (await Project.Create(Body.Session($"\"unit_id\":\"u\",{members}"))).ShouldBeProblem(400, "session_invalid");

    private static IEnumerable<HttpContent> OverTheLimit() =>
    [
        Body.Point($"\"{new string('x', TestBed.MaxDocumentBytes)}\""),
        Body.Form(("session[unit_id]", "u"), ("session[data][p]", new string('x', TestBed.MaxDocumentBytes))),
        Body.Multipart(Part.Field("session[data][p]", new string('x', 900_000)), Part.Field("session[data][q]", new string('x', 900_000))),
    ];

    [TestCaseSource(nameof(OverTheLimit))]
    public async Task Refuses_a_document_over_the_limit(HttpContent body)
    {
        (await Project.Create(await body.InChunks())).ShouldBeProblem(413, "document_too_large");
        (await Project.Create(body)).ShouldBeProblem(413, "document_too_large");
    }

    [Test]
    public async Task Refuses_a_text_field_over_1_MiB() =>
        (await Project.Create(Body.Multipart(Part.Field("session[data][p]", new string('x', (1 << 20) + 1)))))
            .ShouldBeProblem(413, "field_too_large");

    [Test]
    public async Task Refuses_headers_of_a_part_over_16_KiB() =>
        (await Project.Create(Body.Multipart(Part.File("session[data][p]", One, "x", $"X-Long: {new string('x', 16 << 10)}"))))
            .Status.ShouldBe(400);

    private static IEnumerable<HttpContent> EachType() =>
    [
        Body.Session("\"unit_id\":\"u\""),
        Body.Form(("session[unit_id]", "u")),
        Body.Multipart(Part.Field("session[unit_id]", "u")),
    ];

    [TestCaseSource(nameof(EachType))]
    public async Task Compares_the_digests_of_the_whole_body(HttpContent body)
    {
        var bytes = await body.ReadAsByteArrayAsync();
        var type = body.Headers.ContentType!.ToString();
        (await Project.Create(Body.Create(bytes, type).With("Content-Digest", bytes.Sha256Member()))).ShouldSucceed();
        (await Project.Create(Body.Create(bytes, type).With("Content-Digest", One.Sha256Member()))).ShouldBeProblem(400, "digest_mismatch");
        (await Project.Create(Body.Create(bytes, type).With("Content-Digest", "sha-256=x"))).ShouldBeProblem(400, "digest_invalid");
    }

    [TestCaseSource(nameof(EachType))]
    public async Task Refuses_a_body_with_a_content_encoding(HttpContent body) =>
        (await Project.Create(body.With("Content-Encoding", "gzip"))).ShouldBeProblem(415, "content_encoding_unsupported");

    [Test]
    public async Task A_part_without_a_file_name_is_a_scalar_and_one_with_an_empty_name_is_nothing()
    {
        var session = (await Project.Create(Body.Multipart(
            Part.Field("session[unit_id]", "u"),
            new Part("; name=\"session[data][scalar]\"", "text"u8.ToArray(), "Content-Type: text/plain"),
            Part.File("session[data][none]", [], "")))).ShouldSucceed();
        session.GetProperty("data").ShouldBeJson("""{"scalar":"text"}""");
    }

    [Test]
    public async Task A_file_whose_name_cannot_be_one_is_refused() =>
        (await Project.Create(Body.Multipart(Part.Field("session[unit_id]", "u"), Part.File("session[data][p]", One, ".."))))
            .ShouldBeProblem(400, "file_name_invalid");

    private string ProjectId => Project.Sessions.Split('/')[4];
}
