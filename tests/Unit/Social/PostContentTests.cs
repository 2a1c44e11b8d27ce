using Switchboard.Core.Social;

namespace Switchboard.Tests.Unit.Social;

public sealed class PostContentTests
{
    [Fact]
    public void What_a_row_leaves_out_is_empty()
    {
        var content = PostContent.Read("""{"text": "Hello"}""");

        content.For("x", Guid.Empty).ShouldBe(new PostVariant { Text = "Hello", Media = content.Media });
        content.AllMedia().ShouldBeEmpty();
        PostTargets.Read("{}").IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void What_is_written_is_read_as_it_was()
    {
        var (account, file) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var content = new PostContent
        {
            Text = "For all",
            Link = "https://shop.example/",
            Media = [file],
            Platforms = new Dictionary<string, PostVariant> { ["x"] = new() { Text = "For X" } },
            Accounts = new Dictionary<Guid, PostVariant> { [account] = new() { Link = "" } },
        };

        var read = PostContent.Read(content.Write());

        var variant = read.For("x", account);
        (variant.Text, variant.Link).ShouldBe(("For X", ""));
        variant.Media.ShouldBe([file]);
        read.For("mastodon", account).Text.ShouldBe("For all");
        read.AllMedia().ShouldBe([file]);
    }
}
