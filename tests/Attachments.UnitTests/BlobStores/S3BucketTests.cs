using Attachments.Infrastructure.BlobStores.S3;

namespace Attachments.UnitTests.BlobStores;

public sealed class S3BucketTests
{
    private const long Mebibyte = 1 << 20;
    private const int MaxParts = 10_000;

    [TestCase(0, 8)]
    [TestCase(5L << 30, 8)]
    [TestCase(80_000 * Mebibyte, 8)]
    [TestCase((80_000 * Mebibyte) + 1, 9)]
    [TestCase(5L << 40, 525)]
    [TestCase(long.MaxValue, 525)]
    public void Makes_parts_of_whole_mebibytes_that_are_few_enough(long length, int mebibytes)
    {
        S3Bucket.PartBytesFor(length).ShouldBe((int)(mebibytes * Mebibyte));
        ((double)Math.Min(length, S3Bucket.MaxObjectBytes) / S3Bucket.PartBytesFor(length)).ShouldBeLessThanOrEqualTo(MaxParts);
    }
}
