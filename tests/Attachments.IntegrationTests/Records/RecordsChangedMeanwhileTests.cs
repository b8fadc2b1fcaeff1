using System.Text.Json;
using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Application.Records;
using Attachments.Domain.Records;
using Attachments.IntegrationTests.Support;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Records;

/// <summary>What another request commits between the statements of one that changes a record.</summary>
[TestFixture]
internal sealed class RecordsChangedMeanwhileTests
{
    private static readonly RecordKey Key = RecordKey.Parse("Contract/57");

    private readonly Meanwhile meanwhile = new();
    private TestServices services = null!;

    [SetUp]
    public async Task Start()
    {
        services = await TestServices.Start(interceptor: meanwhile);
        await Put("""{"a":1}""");
    }

    [TearDown]
    public async Task Stop()
    {
        meanwhile.HasHappened.ShouldBeTrue();
        await services.DisposeAsync();
    }

    [Test]
    public async Task A_PUT_that_changes_nothing_answers_what_it_found_though_the_record_is_deleted()
    {
        meanwhile.AfterReading("records", Delete);
        var saved = await Put("""{"a":1}""");
        saved.IsNew.ShouldBeFalse();
        saved.Record.Attributes.Json.ShouldBe("""{"a":1}""");
    }

    [Test]
    public async Task A_PUT_that_changes_nothing_does_not_answer_with_the_version_of_another()
    {
        meanwhile.AfterReading("records", () => Put("""{"a":2}"""));
        var saved = (await Put("""{"a":1}""")).Record;
        saved.Attributes.Json.ShouldBe("""{"a":1}""");
        saved.Revision.ShouldBe(0);
        (await Read()).Revision.ShouldBe(1);
    }

    [Test]
    public async Task A_PATCH_that_changes_nothing_answers_what_it_found_though_the_record_is_deleted()
    {
        meanwhile.AfterReading("records", Delete);
        (await Patch("{}")).Attributes.Json.ShouldBe("""{"a":1}""");
    }

    [Test]
    public async Task A_PATCH_that_changes_something_is_made_of_what_another_left()
    {
        meanwhile.AfterReading("records", () => Put("""{"a":2}"""));
        var patched = await Patch("""{"b":3}""");
        patched.Attributes.Json.ShouldBe("""{"a":2,"b":3}""");
        patched.Revision.ShouldBe(2);
        (await Read()).Attributes.Json.ShouldBe(patched.Attributes.Json);
    }

    [Test]
    public async Task A_number_is_not_given_that_a_client_took_and_gave_up_meanwhile()
    {
        var first = RecordKey.Create(Key.FormType, "1");
        meanwhile.AfterReading("records", async () =>
        {
            await Send(new PutRecord(first, Document("{}"), Preconditions.None));
            await Send(new DeleteRecord(first, Preconditions.None));
        });
        var created = await Send(new CreateRecord(Key.FormType, Document("{}"), Preconditions.None));
        created.RecordId.ShouldBe("2");
        (await CountSpent()).ShouldBe(0, "what the sequence has passed needs not be remembered");
    }

    private Task<int> CountSpent() => services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().SpentNumbers.CountAsync());

    private Task<SavedRecord> Put(string attributes) => Send(new PutRecord(Key, Document(attributes), Preconditions.None));

    private Task<RecordDto> Patch(string attributes) => Send(new UpdateRecord(Key, Document(attributes), Preconditions.None));

    private Task<RecordDto> Read() => Send(new GetRecord(Key));

    private Task Delete() => Send(new DeleteRecord(Key, Preconditions.None));

    private Task<T> Send<T>(IRequest<T> request) => services.InScope(scope => scope.GetRequiredService<IMediator>().Send(request));

    private static ReadBody<RecordDraft> Document(string attributes) =>
        _ => Task.FromResult(new RecordDraft(null, RecordAttributes.From(JsonElement.Parse(attributes))));
}
