using Switchboard.Core.Email;
using Switchboard.Edge.Api.Email.Tracking;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class TrackedEmailTests
{
    private static readonly Guid User = new("00000000-0000-0000-0000-000000000001");
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly FollowedMail Active = new(TrackedStatus.Active, null, null, Now.AddDays(30), Now.AddDays(2), null, null);

    [Theory]
    [InlineData("Ann@Contoso.Test", "ann@contoso.test")]
    [InlineData(" contoso.test ", "@contoso.test")]
    [InlineData("@contoso.test", "@contoso.test")]
    [InlineData("%", "@%")]
    [InlineData("Ann@Bücher.example", "ann@xn--bcher-kva.example")]
    [InlineData("bu\u0308cher.example.", "@xn--bcher-kva.example")]
    [InlineData("ann@contoso.test.", "ann@contoso.test")]
    [InlineData("", null)]
    [InlineData("@", null)]
    [InlineData("ann@", null)]
    public void A_recipient_is_an_address_or_a_domain(string said, string? meant) => RecipientFilter.Of(said).ShouldBe(meant);

    [Theory]
    [InlineData("invoice", 1)]
    [InlineData("  two-words ", 2)]
    [InlineData("Q3/2026 \"offer\" 100%", 4)]
    [InlineData("' % _ * \\ \"", 0)]
    [InlineData("", 0)]
    [InlineData("\0", 1)]
    public void Punctuation_stands_between_words_and_is_none(string search, int words) => SubjectSearch.CountWords(search).ShouldBe(words);

    [Theory]
    [InlineData("Status", "unknown", "It must be one of active, responded, bounced, expired, stopped.")]
    [InlineData("Sort", "subject", "It must be one of -sentAt, sentAt, -respondedAt, respondedAt.")]
    [InlineData("Recipient", " ", "It must be an address or a domain, of at most 320 characters.")]
    [InlineData("Search", "%'\"*", "It must have 1 to 10 words, of letters or digits.")]
    [InlineData("Search", "a b c d e f g h i j k", "It must have 1 to 10 words, of letters or digits.")]
    [InlineData("Cursor", "tampered", "This is not a cursor of this list in this order.")]
    public void What_cannot_be_is_refused_by_its_name(string field, string value, string reason)
    {
        var request = new ListTrackedEmailsRequest();
        typeof(ListTrackedEmailsRequest).GetProperty(field)!.SetValue(request, value);

        Error(request).ShouldBe((field, reason));
    }

    [Fact]
    public void A_cursor_of_one_order_is_none_of_another()
    {
        var cursor = new Cursor(Now, Guid.CreateVersion7(Now)).Encode(TrackedEmailSort.ListName(TrackedEmailSort.Newest));

        Error(new() { Cursor = cursor, Sort = TrackedEmailSort.Newest }).ShouldBeNull();
        Error(new() { Cursor = cursor }).ShouldBeNull();
        Error(new() { Cursor = cursor, Sort = TrackedEmailSort.Oldest })!.Value.Field.ShouldBe("Cursor");
        Error(new() { Cursor = cursor, Sort = TrackedEmailSort.LastAnswered })!.Value.Field.ShouldBe("Cursor");
    }

    [Theory]
    [InlineData(1, 100, true)]
    [InlineData(100, 100, true)]
    [InlineData(200, 50, true)]
    [InlineData(101, 100, false)]
    [InlineData(int.MaxValue, 100, false)]
    [InlineData(0, 100, false)]
    public void Pages_reach_to_the_ten_thousandth_mail(int page, int limit, bool isValid) =>
        (Error(new() { Page = page, Limit = limit }) is null).ShouldBe(isValid);

    [Fact]
    public void Beyond_the_pages_it_is_said_that_a_cursor_goes_on() =>
        Error(new() { Page = 201 })!.Value.Reason.ShouldContain("cursor");

    [Fact]
    public void A_time_must_begin_before_it_ends_and_may_lie_in_the_future()
    {
        Error(new() { Since = Now, Until = Now })!.Value.ShouldBe(("Until", "It must be after since."));
        Error(new() { Since = Now.AddYears(10), Until = Now.AddYears(11) }).ShouldBeNull();
    }

    [Fact]
    public void What_has_no_response_has_no_place_in_the_order_of_responses()
    {
        Error(new() { HasResponse = false, Sort = TrackedEmailSort.LastAnswered })!.Value.Field.ShouldBe("HasResponse");
        Error(new() { HasResponse = true, Sort = TrackedEmailSort.LastAnswered }).ShouldBeNull();
    }

    [Fact]
    public void The_key_of_an_answer_changes_with_the_version_of_an_account_and_with_all_that_is_asked()
    {
        var account = Guid.CreateVersion7(Now);
        var query = new ListTrackedEmailsRequest { Search = "offer" }.ToQuery(new(User, [account], [7]));

        query.CacheKey().ShouldStartWith("tracked-emails:");
        new ListTrackedEmailsRequest { Search = "offer" }.ToQuery(new(User, [account], [7])).CacheKey().ShouldBe(query.CacheKey());
        string[] others =
        [
            new ListTrackedEmailsRequest { Search = "offer" }.ToQuery(new(User, [account], [8])).CacheKey(),
            new ListTrackedEmailsRequest { Search = "offer" }.ToQuery(new(User, [Guid.CreateVersion7(Now)], [7])).CacheKey(),
            new ListTrackedEmailsRequest { Search = "order" }.ToQuery(new(User, [account], [7])).CacheKey(),
            new ListTrackedEmailsRequest { Search = "offer", Page = 1 }.ToQuery(new(User, [account], [7])).CacheKey(),
            new ListTrackedEmailsRequest { Search = "offer", Sort = "sentAt" }.ToQuery(new(User, [account], [7])).CacheKey(),
            new ListTrackedEmailsRequest { Recipient = "offer" }.ToQuery(new(User, [account], [7])).CacheKey(),
            new ListTrackedEmailsRequest { Search = "offer" }.ToQuery(new(Guid.Empty, [account], [7])).CacheKey(),
            query.CacheKey(),
        ];
        others.ShouldBeUnique();
    }

    [Theory]
    [InlineData("active", "stopped", "stopped")]
    [InlineData("expired", "stopped", "stopped")]
    [InlineData("stopped", "stopped", "stopped")]
    [InlineData("responded", "stopped", null)]
    [InlineData("bounced", "stopped", null)]
    [InlineData("active", "active", "active")]
    [InlineData("stopped", "active", "active")]
    [InlineData("expired", "active", null)]
    [InlineData("responded", "active", null)]
    public void Only_what_is_waited_for_is_stopped_and_only_what_is_stopped_goes_on(string from, string wanted, string? becomes)
    {
        var mail = Active with { Status = from, StoppedAt = from == "stopped" ? Now.AddDays(-1) : null };

        var (changed, refusal) = mail.With(new() { Status = wanted }, Now);

        changed?.Status.ShouldBe(becomes);
        (changed is null).ShouldBe(becomes is null);
        (refusal is null).ShouldBe(becomes is not null);
        (changed?.StoppedAt is not null).ShouldBe(becomes == "stopped");
    }

    [Fact]
    public void What_is_resumed_has_the_status_that_follows_from_all_that_came_in_meanwhile()
    {
        var stopped = Active with { Status = TrackedStatus.Stopped, StoppedAt = Now };

        Status(stopped with { ResponseAt = Now, BouncedAt = Now }).ShouldBe("responded");
        Status(stopped with { BouncedAt = Now }).ShouldBe("bounced");
        Status(stopped with { ExpiresAt = Now }).ShouldBe("expired");

        static string? Status(FollowedMail mail) => mail.With(new() { Status = TrackedStatus.Active }, Now).Changed?.Status;
    }

    [Fact]
    public void A_snooze_puts_the_reminder_off_and_ends_before_the_mail_expires()
    {
        Active.With(new() { SnoozeUntil = Now.AddDays(5) }, Now).Changed.ShouldNotBeNull().NextCheckAt.ShouldBe(Now.AddDays(5));
        Active.With(new() { SnoozeUntil = Now.AddDays(1) }, Now).Changed.ShouldNotBeNull().NextCheckAt.ShouldBe(Now.AddDays(2));
        Active.With(new() { SnoozeUntil = Active.ExpiresAt }, Now).Refusal.ShouldNotBeNull().ShouldContain("before that");
        (Active with { Status = TrackedStatus.Expired }).With(new() { SnoozeUntil = Now.AddDays(1) }, Now).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void Two_ways_to_a_list_differ_where_mails_or_their_order_do()
    {
        var one = new TrackedEmailPart([Mail(1), Mail(2)], 2);

        TrackedEmailPart.Difference(one, new([Mail(1), Mail(2)], 2)).ShouldBeNull();
        TrackedEmailPart.Difference(one, new([Mail(2), Mail(1)], 2)).ShouldNotBeNull().ShouldContain("mail 0");
        TrackedEmailPart.Difference(one, new([Mail(1)], 2)).ShouldNotBeNull();
        TrackedEmailPart.Difference(one, new([Mail(1), Mail(2)], 3)).ShouldNotBeNull().ShouldContain("total");
        TrackedEmailPart.Difference(one, new([Mail(1), Mail(2) with { Status = "stopped" }], 2)).ShouldNotBeNull();

        static TrackedEmailResponse Mail(int number) => new(
            new Guid(number, 0, 0, new byte[8]), Guid.Empty, "id", "<id>", "subject", [], [], Now, "active", false, null, null, 0, null, null,
            Now, null, 0, null, null, "policy", Now, Now);
    }

    private static (string Field, string Reason)? Error(ListTrackedEmailsRequest request) =>
        new ListTrackedEmailsValidator().Validate(request).Errors is [var first, ..] ? (first.PropertyName, first.ErrorMessage) : null;
}
