using Switchboard.Core.Notifications;
using Switchboard.Edge.Api.Notifications;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class ReadingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 6, 30, 15, TimeSpan.Zero);

    [Fact]
    public void A_timeline_is_in_the_order_of_time_and_has_only_what_happened() =>
        TimelineEvent.InOrder(("accepted", Now), ("created", Now), ("sent", Now.AddSeconds(2)), ("sending", Now.AddSeconds(1)), ("read", null))
            .Select(step => step.Event).ShouldBe(["accepted", "created", "sending", "sent"]);

    [Fact]
    public void Without_times_the_roll_ups_of_the_last_day_by_the_hour_are_meant()
    {
        var span = RollupSpan.Of(new(), Now);

        span.Granularity.ShouldBe("hour");
        span.From.ShouldBe(new(2026, 11, 21, 6, 0, 0, TimeSpan.Zero));
        span.To.ShouldBe(Now);
    }

    [Fact]
    public void A_bucket_that_has_begun_before_is_part_of_the_answer() =>
        RollupSpan.Of(new() { Bucket = "minute", From = Now, To = Now.AddHours(1) }, Now).From.Second.ShouldBe(0);

    [Fact]
    public void A_day_by_the_minute_fits_and_two_do_not()
    {
        RollupSpan.Of(new() { Bucket = "minute", From = Now.AddDays(-1) }, Now).BucketCount.ShouldBeLessThanOrEqualTo(RollupSpan.MaxBuckets);
        RollupSpan.Of(new() { Bucket = "minute", From = Now.AddDays(-2) }, Now).BucketCount.ShouldBeGreaterThan(RollupSpan.MaxBuckets);
    }

    [Fact]
    public void What_was_made_since_has_a_higher_id_than_the_bound()
    {
        var bound = TimeOrderedId.Before(Now);

        Guid.CreateVersion7(Now).CompareTo(bound).ShouldBePositive();
        Guid.CreateVersion7(Now.AddMinutes(-11)).CompareTo(bound).ShouldBeNegative();
    }

    [Fact]
    public void What_was_made_until_then_has_a_lower_id_than_the_bound()
    {
        var bound = TimeOrderedId.After(Now);

        Guid.CreateVersion7(Now).CompareTo(bound).ShouldBeNegative();
        Guid.CreateVersion7(Now.AddMinutes(11)).CompareTo(bound).ShouldBePositive();
    }

    [Theory]
    [InlineData("+15550100001", true)]
    [InlineData("+1234567", true)]
    [InlineData("+123456", false)]
    [InlineData("+1234567890123456", false)]
    [InlineData("15550100001", false)]
    [InlineData("+05550100001", false)]
    [InlineData("+15550100001\n", false)]
    [InlineData(null, false)]
    public void A_recipient_of_whatsapp_is_a_number_in_e164(string? recipient, bool isValid) =>
        (Channels.RecipientError("whatsapp", recipient) is null).ShouldBe(isValid);

    [Theory]
    [InlineData("+15550100001", true)]
    [InlineData("+4930901820", true)]
    [InlineData("+1234567", false)]
    [InlineData("+999123456789", false)]
    [InlineData("15550100001", false)]
    [InlineData(null, false)]
    public void A_recipient_of_an_sms_is_a_number_that_its_country_can_have(string? recipient, bool isValid) =>
        (Channels.RecipientError("sms", recipient) is null).ShouldBe(isValid);

    [Theory]
    [InlineData("Name", "name")]
    [InlineData("Sender.Addresses[2]", "sender.addresses[2]")]
    [InlineData("[3].messageId", "[3].messageId")]
    public void A_field_is_named_as_the_request_spells_it(string property, string name) => FieldNames.Of(property).ShouldBe(name);
}
