using System.Security.Cryptography;
using Attachments.Api.Http.Downloads;
using Attachments.Application.Content.Downloads;
using Attachments.Domain.Content;
using Microsoft.Extensions.Primitives;

namespace Attachments.UnitTests.Http.Downloads;

internal sealed class ReprDigestTests
{
    private static readonly byte[] Bytes = "abc"u8.ToArray();

    private static readonly StoredFile File = new(
        Guid.NewGuid(), FileName.From("x"), "text/plain", Bytes.Length, MD5.HashData(Bytes), SHA256.HashData(Bytes),
        DateTimeOffset.UnixEpoch, SHA512.HashData(Bytes));

    [Test]
    public void Is_sha_256_where_nothing_is_wanted() =>
        Select(default).ShouldStartWith("sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:");

    [TestCase("md5=1", "md5")]
    [TestCase("sha-512=1", "sha-512")]
    [TestCase("sha-256=10", "sha-256")]
    [TestCase("sha-256=1, md5=2", "md5")]
    [TestCase("md5=2,sha-256=10 , sha-512=9", "sha-256")]
    [TestCase("md5=5, sha-512=5, sha-256=5", "sha-512")]
    [TestCase("md5=5, sha-256=5", "sha-256")]
    [TestCase("sha-256=0, md5=1", "md5")]
    [TestCase("sha-512=0, md5=0", "sha-256")]
    [TestCase("sha-256=1, sha-256=0, sha-512=3", "sha-512")]
    [TestCase("md5=3;x=1", "md5")]
    [TestCase("unixsum=10, crc32c=9, sha=8", "sha-256")]
    [TestCase("unixsum=10, md5=1", "md5")]
    public void Is_the_one_wanted_most(string want, string algorithm) => Select(want).ShouldStartWith($"{algorithm}=:");

    [TestCase("md5=11")]
    [TestCase("md5=-1")]
    [TestCase("md5=1.0")]
    [TestCase("md5")]
    [TestCase("md5=?1")]
    [TestCase("md5=a")]
    [TestCase("md5=:AQ==:")]
    [TestCase("md5=99999999999999")]
    public void A_weight_that_is_none_does_not_count(string want)
    {
        Select(want).ShouldStartWith("sha-256=:");
        Select($"{want}, sha-512=1").ShouldStartWith("sha-512=:");
    }

    [TestCase("")]
    [TestCase("MD5=1")]
    [TestCase("md5=1,")]
    [TestCase("md5=1;")]
    [TestCase("md5 = 1")]
    [TestCase("*")]
    [TestCase("md5=1 sha-512=2")]
    public void A_field_that_cannot_be_read_does_not_count(string want) => Select(want).ShouldStartWith("sha-256=:");

    [Test]
    public void Lines_are_one_field() => Select(new StringValues(["sha-256=1", "md5=2"])).ShouldStartWith("md5=:");

    [Test]
    public void Is_not_one_that_was_not_kept()
    {
        ReprDigest.Select("sha-512=10", File with { Sha512 = null }).ShouldStartWith("sha-256=:");
        ReprDigest.Select("sha-512=10, md5=1", File with { Sha512 = null }).ShouldStartWith("md5=:");
    }

    [TestCase("sha-256=0")]
    [TestCase("sha-256=0, md5=0")]
    [TestCase("sha-256=0, sha=10")]
    public void Is_none_where_sha_256_is_ruled_out_and_no_other_wanted(string want) => ReprDigest.Select(want, File).ShouldBeNull();

    private static string Select(StringValues want) => ReprDigest.Select(want, File)!;
}
