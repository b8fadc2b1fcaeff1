using System.Text;
using Attachments.Application.Archives;

namespace Attachments.UnitTests.Archives;

public sealed class ArchiveNamesTests
{
    [TestCase("photo.jpg", "photo.jpg")]
    [TestCase("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j")]
    [TestCase("tab\tnel\u0085del\u007f", "tab_nel_del_")]
    [TestCase("trailing. . .", "trailing")]
    [TestCase("...", "_")]
    [TestCase("..", "_")]
    [TestCase(" ", "_")]
    [TestCase("", "_")]
    [TestCase("con", "_con")]
    [TestCase("Con.txt", "_Con.txt")]
    [TestCase("con .txt", "_con .txt")]
    [TestCase("con.", "_con")]
    [TestCase("lpt9.tar.gz", "_lpt9.tar.gz")]
    [TestCase("COM¹", "_COM¹")]
    [TestCase("console", "console")]
    [TestCase("/etc/passwd", "_etc_passwd")]
    [TestCase("../../x", ".._.._x")]
    [TestCase("cafe\u0301.txt", "café.txt")]
    [TestCase(".htaccess", ".htaccess")]
    public void A_name_is_one_that_every_system_can_have(string name, string clean) => ArchiveNames.Clean(name).ShouldBe(clean);

    [TestCase("é", 300, ".jpeg")]
    [TestCase("x", 201, "")]
    [TestCase("😀", 60, ".png")]
    public void A_long_name_is_cut_before_its_extension(string character, int count, string extension)
    {
        var clean = ArchiveNames.Clean(string.Concat(Enumerable.Repeat(character, count)) + extension);
        Encoding.UTF8.GetByteCount(clean).ShouldBeInRange(197, ArchiveNames.MaxBytes);
        clean.ShouldEndWith(character + extension);
    }

    [Test]
    public void What_follows_the_last_dot_is_no_extension_if_it_is_too_long()
    {
        var clean = ArchiveNames.Clean("a." + new string('b', 300));
        clean.ShouldBe("a." + new string('b', 198));
    }

    [Test]
    public void Names_that_become_equal_are_numbered_in_order()
    {
        var names = new ArchiveNames();
        string[] given = ["photo.jpg", "Photo.JPG", "photo.jpg", "photo (2).jpg", "a:b", "a?b", "a_b"];
        given.Select(name => names.Add("", name)).ShouldBe(
            ["photo.jpg", "Photo (2).JPG", "photo (3).jpg", "photo (2) (2).jpg", "a_b", "a_b (2)", "a_b (3)"]);
    }

    [Test]
    public void Folders_that_become_equal_are_numbered_and_keep_their_files_apart()
    {
        var names = new ArchiveNames();
        names.Add("", "a").ShouldBe("a");
        names.Add("A", "x").ShouldBe("A (2)/x");
        names.Add("A", "X").ShouldBe("A (2)/X (2)");
        names.Add("a:", "x").ShouldBe("a_/x");
        names.Add("a?", "x").ShouldBe("a_ (2)/x");
        names.Add("", "a_ (2)").ShouldBe("a_ (2) (2)");
    }

    [Test]
    public void A_number_counts_towards_the_length()
    {
        var names = new ArchiveNames();
        var name = new string('x', 196) + ".txt";
        names.Add("", name).ShouldBe(name);
        names.Add("", name).ShouldBe(new string('x', 192) + " (2).txt");
    }

    [Test]
    public void Ten_thousand_files_of_one_name_are_numbered_without_trying_each_number()
    {
        var names = new ArchiveNames();
        var all = Enumerable.Range(0, 10_000).Select(_ => names.Add("", "photo.jpg")).ToList();
        all.ShouldBeUnique();
        all[^1].ShouldBe("photo (10000).jpg");
    }

    [TestCase("a", "b", -1)]
    [TestCase("a", "a", 0)]
    [TestCase("a", "ab", -1)]
    [TestCase("\uFFFD", "😀", -1)]
    [TestCase("😀", "😁", -1)]
    [TestCase("Z", "a", -1)]
    public void Order_is_by_code_point(string one, string other, int order)
    {
        Math.Sign(ArchiveNames.CompareByCodePoint(one, other)).ShouldBe(order);
        Math.Sign(ArchiveNames.CompareByCodePoint(other, one)).ShouldBe(-order);
        Math.Sign(Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other))).ShouldBe(order);
    }
}
