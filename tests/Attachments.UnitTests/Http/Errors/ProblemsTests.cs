using Attachments.Api.Http.Errors;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Previews;
using Attachments.Application.Uploads;
using Attachments.Domain;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Attachments.UnitTests.Http.Errors;

public sealed class ProblemsTests
{
    private static readonly RequestException[] Refusals =
    [
        new InvalidRequestException("code", "Detail."),
        new DigestMismatchException("sha-256"),
        new ForbiddenException("code", "Detail."),
        new NotFoundException("code", "Detail."),
        new ConflictException("code", "Detail."),
        new GoneException("code", "Detail."),
        new PreconditionFailedException("code", "Detail."),
        new TooLargeException("code", "Detail."),
        new UnsupportedMediaTypeException("code", "Detail."),
        new UnsupportedContentCodingException("code", "Detail."),
        new UnavailableException("code", "Detail."),
        new BlobRefusedException([Guid.Empty], new IOException("Of the disk.")),
        new OffsetMismatchException(1, 2),
        new InconsistentLengthException("Detail."),
        new ChecksumMismatchException("sha1"),
        new UploadInterruptedException(),
        new TooManyUploadsException(1),
        new ServiceStoppingException(),
        new NoPreviewException(),
        new PreviewBusyException(TimeSpan.FromSeconds(2)),
    ];

    [Test]
    public void Gives_each_refusal_its_status() =>
        Refusals.Select(refusal => Problems.For(refusal).Status).ShouldBe([400, 400, 403, 404, 409, 410, 412, 413, 415, 415, 503, 503, 409, 400, 460, 400, 429, 503, 404, 503]);

    [Test]
    public void Leaves_no_kind_of_refusal_out()
    {
        var kinds = typeof(RequestException).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RequestException)));
        Refusals.Select(refusal => refusal.GetType()).ShouldBe(kinds, ignoreOrder: true);
    }

    [Test]
    public void Passes_on_the_code_and_detail_of_a_refusal()
    {
        foreach (var refusal in Refusals)
        {
            var problem = Problems.For(refusal);
            problem.Code.ShouldBe(refusal.Code);
            problem.Detail.ShouldBe(refusal.Message);
        }
    }

    [Test]
    public void Asks_to_try_again_where_that_may_help() =>
        Problems.For(new UnavailableException("c", "d")).Headers.Keys.ShouldBe(["Retry-After"]);

    [Test]
    public void Names_the_fields_at_fault()
    {
        var failures = new[] { new ValidationFailure("a", "one"), new ValidationFailure("b", "two"), new ValidationFailure("a", "three") };
        var problem = Problems.For(new ValidationException(failures));
        problem.Status.ShouldBe(400);
        problem.Code.ShouldBe("validation_failed");
        problem.Errors.ShouldNotBeNull()["a"].ShouldBe(["one", "three"]);
        problem.Errors["b"].ShouldBe(["two"]);
        var errors = new Dictionary<string, string[]> { ["x"] = ["y"] };
        Problems.For(new InvalidRequestException("c", "d", errors)).Errors.ShouldBeSameAs(errors);
    }

    [Test]
    public void Tells_what_a_rule_of_the_domain_says()
    {
        var problem = Problems.For(new DomainException("file_name_too_long", "The name is too long."));
        problem.ShouldBe(new Problem(400, "file_name_too_long", "The name is too long.") { Headers = problem.Headers });
    }

    [TestCase(400, "bad_request")]
    [TestCase(408, "request_timeout")]
    [TestCase(413, "request_too_large")]
    public void Keeps_the_status_of_a_request_that_the_server_found_bad(int status, string code)
    {
        var problem = Problems.For(new BadHttpRequestException("Said by the server.", status));
        problem.Status.ShouldBe(status);
        problem.Code.ShouldBe(code);
        problem.Detail.ShouldBe("Said by the server.");
    }

    [Test]
    public void Says_nothing_of_what_went_wrong_inside()
    {
        Problems.For(new InvalidOperationException("secret")).ShouldSatisfyAllConditions(
            problem => problem.Status.ShouldBe(500),
            problem => problem.Code.ShouldBe("internal_error"),
            problem => problem.Detail.ShouldBeNull());
        var gone = Problems.For(new BlobGoneException(Guid.NewGuid()));
        gone.Status.ShouldBe(410);
        gone.Code.ShouldBe("content_missing");
    }

    [Test]
    public void Hides_the_exceptions_of_failed_binding()
    {
        var state = new ModelStateDictionary();
        state.TryAddModelException("number", new FormatException("secret"));
        state.AddModelError("other", "Is no number.");
        state.SetModelValue("good", "1", "1");
        var errors = Problems.For(state).Errors.ShouldNotBeNull();
        errors.Keys.ShouldBe(["number", "other"], ignoreOrder: true);
        errors["number"].ShouldHaveSingleItem().ShouldNotContain("secret");
        errors["other"].ShouldBe(["Is no number."]);
    }

    [Test]
    public void Has_a_code_for_every_status()
    {
        var codes = Enumerable.Range(400, 200).Select(status => Problems.ForStatus(status, routed: true).Code).ToList();
        codes.ShouldBeUnique();
        codes.ShouldAllBe(code => code.Length > 0);
    }
}
