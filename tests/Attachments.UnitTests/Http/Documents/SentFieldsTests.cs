using Attachments.Api.Http.Documents;
using Attachments.Application.Text;
using FluentValidation;

namespace Attachments.UnitTests.Http.Documents;

public sealed class SentFieldsTests
{
    private SentFields fields = null!;

    [SetUp]
    public void Begin() => fields = new SentFields("session.", "created", "saved");

    [Test]
    public void The_last_of_several_with_one_name_stands()
    {
        fields.Set("created", "x");
        fields.Set("created", "5");
        Read("created").ShouldBe(5);
        fields.RequireValid();
    }

    [Test]
    public void A_field_that_was_not_sent_has_no_value_and_is_valid()
    {
        Read("created").ShouldBeNull();
        fields.Text("created").ShouldBeNull();
        fields.RequireValid();
    }

    [Test]
    public void Fields_with_other_names_are_ignored()
    {
        fields.Set("Created", "5");
        fields.Text("Created").ShouldBeNull();
        fields.Knows("Created").ShouldBeFalse();
    }

    [Test]
    public void One_answer_names_every_field_that_is_not_of_its_type()
    {
        fields.Set("created", "");
        fields.Set("saved", "1.5");
        Read("created").ShouldBeNull();
        Read("saved").ShouldBeNull();
        Should.Throw<ValidationException>(fields.RequireValid).Errors
            .Select(failure => $"{failure.PropertyName} {failure.ErrorMessage}")
            .ShouldBe(["session.created must be an integer", "session.saved must be an integer"]);
    }

    private long? Read(string name) => fields.Read(name, DecimalInteger.Parse, "must be an integer");
}
