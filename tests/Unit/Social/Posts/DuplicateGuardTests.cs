using Switchboard.Core.Social;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Tests.Unit.Social.Posts;

public sealed class DuplicateGuardTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_one_call_each_post_is_told_the_first_that_says_the_same()
    {
        NewText[] texts =
        [
            Text(0, 0b0000, Noon), Text(1, 0b1111, Noon), Text(2, 0b0111, Noon), Text(3, 0b0000, Noon.AddDays(8)), Text(4, 0b0000, Noon.AddDays(7)),
        ];

        var met = DuplicateGuard.Among(texts, new());

        // 1 is four bits from 0, and 2 three; 3 is too late, and 4 just not
        met.Select(one => (one.Index, one.OtherIndex, one.Distance)).ShouldBe([(2, 0, 3), (4, 0, 0)]);
    }

    [Fact]
    public void Of_a_call_of_many_texts_with_one_fingerprint_each_post_is_told_once()
    {
        Guid[] posts = [.. Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7())];

        var met = DuplicateGuard.Among([.. posts.SelectMany((post, index) => Enumerable.Repeat(new NewText(index, post, 42, Noon), 1_000))], new());

        met.Select(one => (one.Index, one.OtherIndex, one.Distance)).ShouldBe(Enumerable.Range(1, 19).Select(index => (index, (int?)0, 0)));
    }

    [Fact]
    public void Of_one_call_what_is_alike_is_found_by_whatever_quarter_they_share()
    {
        // the first of all that are alike, though a later one shares an earlier quarter
        NewText[] texts = [Text(0, 0x0000_0001_0001_0001, Noon), Text(1, 0x0001_0001_0001_0000, Noon), Text(2, 0, Noon), Text(3, 0, Noon)];

        DuplicateGuard.Among(texts, new()).Select(one => (one.Index, one.OtherIndex, one.Distance))
            .ShouldBe([(1, 0, 2), (2, 0, 3), (3, 0, 3)]);
    }

    [Fact]
    public void Texts_of_a_post_that_differ_in_their_signs_alone_are_compared_once()
    {
        var accounts = Enumerable.Range(0, 50).Select(_ => new TargetAccount(Guid.CreateVersion7(), "mastodon")).ToList();
        var content = new PostContent
        {
            Text = "Hello",
            Accounts = accounts.Index().ToDictionary(one => one.Item.Id, one => new PostVariant { Text = "Hello" + new string('!', one.Index) }),
        };

        DuplicateGuard.TextsOf(
            new([new(Guid.CreateVersion7(), content, new())], [accounts], new Dictionary<Guid, Core.Social.Platforms.MediaFacts>(), []), Noon)
            .ShouldHaveSingleItem();
    }

    [Fact]
    public void What_a_post_says_to_several_accounts_is_one_text_and_a_draft_says_nothing()
    {
        var (first, second, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var content = new PostContent
        {
            Text = "For all of you",
            Platforms = new Dictionary<string, PostVariant> { ["x"] = new() { Text = "For those at X" } },
        };
        var post = new NewPost(Guid.CreateVersion7(), content, new());
        TargetAccount[] targets = [new(first, "mastodon"), new(second, "bluesky"), new(third, "x")];
        var draft = post with { State = PostStates.Draft };

        DuplicateGuard.TextsOf(new([post, draft], [targets, targets], new Dictionary<Guid, Core.Social.Platforms.MediaFacts>(), []), Noon)
            .Select(text => (text.Index, text.Hash, text.At))
            .ShouldBe([(0, TextFingerprint.Of("For all of you")!.Value, Noon), (0, TextFingerprint.Of("For those at X")!.Value, Noon)]);
    }

    private static NewText Text(int index, long hash, DateTimeOffset at) => new(index, Guid.CreateVersion7(), hash, at);
}
