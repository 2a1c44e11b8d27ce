using Switchboard.Core.Social.Posts;

namespace Switchboard.Tests.Unit.Social.Posts;

/// <summary>Which texts are near each other, and how quickly that is said.</summary>
public sealed class TextFingerprintTests
{
    private const string Launch =
        "We are happy to announce that our new release is out today: it is faster, it is smaller, and it has been tested by hundreds of "
        + "people over the last three months. Thank you all for your patience, your reports and your many good ideas along the way!";

    [Theory]
    [InlineData("Hello, world!", "hello WORLD")]
    [InlineData("CRÈME BRÛLÉE, tonight.", "Cre\u0300me bru\u0302le\u0301e tonight")]
    [InlineData("a  b\r\nc", "a b c")]
    [InlineData("🎉🎉", "🎉 🎉")]
    [InlineData("新製品を発表しました。", "新製品を発表しました")]
    public void Case_space_punctuation_and_the_form_of_accents_make_no_difference(string one, string other) =>
        TextFingerprint.Of(one).ShouldBe(TextFingerprint.Of(other).ShouldNotBeNull());

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t ")]
    public void A_text_that_says_nothing_has_none(string text) => TextFingerprint.Of(text).ShouldBeNull();

    [Fact]
    public void It_is_the_same_in_each_process_and_for_ever() =>
        // stored in social_post_targets.text_hash
        TextFingerprint.Of("Hello, world!").ShouldBe(HelloWorld);

    [Fact]
    public void A_long_text_with_an_addition_at_its_end_is_near() =>
        Distance(Launch, Launch + " #launch").ShouldBeLessThanOrEqualTo(TextFingerprint.MaxDistance);

    [Theory]
    [InlineData("Meet us in Vienna on Monday", "Our office is closed over Christmas")]
    [InlineData("Post 1", "Post 2")]
    [InlineData("Good morning!", "Good evening!")]
    [InlineData("新製品を発表しました。", "本日は休業いたします。")]
    public void Others_are_far(string one, string other) => Distance(one, other).ShouldBeGreaterThan(TextFingerprint.MaxDistance);

    [Fact]
    public void Two_within_the_distance_have_a_quarter_in_common()
    {
        var random = new Random(7);
        for (var round = 0; round < 1_000; round++)
        {
            var one = random.NextInt64(long.MinValue, long.MaxValue);
            var other = one;
            for (var bit = 0; bit < TextFingerprint.MaxDistance; bit++)
                other ^= 1L << random.Next(64);

            Enumerable.Range(0, 4).Any(quarter => (one >> (16 * quarter) & 0xFFFF) == (other >> (16 * quarter) & 0xFFFF)).ShouldBeTrue();
        }
    }

    [Fact]
    public void The_longest_text_is_read_once()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        TextFingerprint.Of(string.Concat(Enumerable.Repeat("word ", 12_800))).ShouldNotBeNull();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    private const long HelloWorld = -2177654514634238763;

    private static int Distance(string one, string other) =>
        TextFingerprint.Distance(TextFingerprint.Of(one)!.Value, TextFingerprint.Of(other)!.Value);
}
