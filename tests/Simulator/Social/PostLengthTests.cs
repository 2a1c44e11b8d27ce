using Switchboard.Simulator.Social;

namespace Switchboard.Tests.Simulator.Social;

public sealed class PostLengthTests
{
    [Theory]
    [InlineData("Hello", 5, 5, 5)]
    [InlineData("日本", 4, 2, 2)]
    [InlineData("👩‍👩‍👧 é", 4, 3, 3)]
    [InlineData("See https://example.com/a/very/long/address/that/goes/on", 27, 27, 56)]
    [InlineData("@ann@social.example hi", 22, 7, 22)]
    public void Each_platform_counts_in_its_own_way(string text, int weighted, int mastodon, int graphemes)
    {
        PostLength.Weighted(text).ShouldBe(weighted);
        PostLength.Mastodon(text).ShouldBe(mastodon);
        PostLength.Graphemes(text).ShouldBe(graphemes);
    }
}
