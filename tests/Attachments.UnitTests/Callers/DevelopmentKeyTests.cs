using System.Runtime.Versioning;
using Attachments.Api.Callers;
using Attachments.Application.Errors;

namespace Attachments.UnitTests.Callers;

public sealed class DevelopmentKeyTests
{
    private string directory = "";

    [SetUp]
    public void MakeDirectory() => directory = Directory.CreateTempSubdirectory("attachments-key-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public void Is_made_once_and_kept()
    {
        var inside = Path.Combine(directory, "not", "there", "yet");
        var key = DevelopmentKey.ReadOrCreate(inside);
        key.Length.ShouldBe(32);
        DevelopmentKey.ReadOrCreate(inside).ShouldBe(key);
        Directory.GetFiles(inside).ShouldBe([Path.Combine(inside, "signing-key")]);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows keeps no modes.")]
    [UnsupportedOSPlatform("windows")]
    public void Is_readable_by_its_owner_only()
    {
        DevelopmentKey.ReadOrCreate(directory);
        File.GetUnixFileMode(Path.Combine(directory, "signing-key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public void Is_the_same_for_all_that_start_at_once()
    {
        var keys = new byte[16][];
        Parallel.For(0, keys.Length, number => keys[number] = DevelopmentKey.ReadOrCreate(directory));
        keys.Select(Convert.ToHexString).Distinct().Count().ShouldBe(1);
        Directory.GetFiles(directory).Length.ShouldBe(1);
    }

    [TestCase("c2hvcnQ=")]
    [TestCase("no key")]
    public void Is_refused_when_the_file_holds_something_else(string text)
    {
        File.WriteAllText(Path.Combine(directory, "signing-key"), text);
        Should.Throw<ConfigurationException>(() => DevelopmentKey.ReadOrCreate(directory)).Message.ShouldContain("delete it");
    }

    [Test]
    public void Is_refused_where_the_directory_is_a_file()
    {
        var file = Path.Combine(directory, "file");
        File.WriteAllText(file, "");
        Should.Throw<ConfigurationException>(() => DevelopmentKey.ReadOrCreate(file)).Message.ShouldContain("not accessible");
    }

    [Test]
    public void Brings_issuer_and_audience_only_where_they_lack()
    {
        DevelopmentKey.MissingSettings(new BearerSettings(null, [], [], []), directory).Keys.ShouldBe(
            ["ValidIssuer", "ValidAudience", "SigningKeys:0:Issuer", "SigningKeys:0:Value"], key => $"{BearerSettings.Section}:{key}");
        var partial = DevelopmentKey.MissingSettings(new BearerSettings(null, ["mine"], ["a"], []), directory);
        partial.Keys.ShouldBe(["SigningKeys:0:Issuer", "SigningKeys:0:Value"], key => $"{BearerSettings.Section}:{key}");
        partial[$"{BearerSettings.Section}:SigningKeys:0:Issuer"].ShouldBe("mine");
    }

    [Test]
    public void Is_not_made_beside_an_authority()
    {
        DevelopmentKey.MissingSettings(new BearerSettings("https://id.example", [], ["a"], []), directory).ShouldBeEmpty();
        Directory.GetFiles(directory).ShouldBeEmpty();
    }
}

internal static class ExpectedKeys
{
    public static void ShouldBe(this IEnumerable<string> actual, IEnumerable<string> expected, Func<string, string> inFull) =>
        actual.ShouldBe(expected.Select(inFull), ignoreOrder: true);
}
