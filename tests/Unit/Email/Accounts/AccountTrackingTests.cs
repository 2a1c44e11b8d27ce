using System.Text.Json;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Tracking;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Email.Accounts;

public sealed class AccountTrackingTests
{
    private readonly TrackingPolicyRequestValidator _validator = new();

    [Fact]
    public void The_mode_alone_is_enough()
    {
        var request = new TrackingPolicyRequest { Mode = TrackingMode.All };

        Errors(request).ShouldBeEmpty();
        var policy = request.ToPolicy();
        (policy.Mode, policy.WindowDays, policy.FollowUp).ShouldBe((TrackingMode.All, TrackingPolicy.DefaultWindowDays, null));
        policy.Categories.ShouldBeEmpty();
    }

    [Fact]
    public void Entries_are_trimmed_and_kept_once() =>
        new TrackingPolicyRequest { Mode = TrackingMode.Matching, Recipients = [" a@b.test", "a@b.test ", "*@c.test"] }.ToPolicy()
            .Recipients.ShouldBe(["a@b.test", "*@c.test"]);

    public static TheoryData<string, string> Invalid => new()
    {
        { "mode", "{}" },
        { "mode", """{"mode":"matching"}""" },
        { "mode", """{"mode":"matching","categories":[],"recipients":[]}""" },
        { "categories[1]", """{"mode":"all","categories":["a",""]}""" },
        { "categories[0]", $$"""{"mode":"all","categories":["{{new string('x', 321)}}"]}""" },
        { "categories", $$"""{"mode":"all","categories":[{{string.Join(',', Enumerable.Repeat("\"x\"", 101))}}]}""" },
        { "recipients[0]", """{"mode":"matching","recipients":["nobody"]}""" },
        { "recipients[0]", """{"mode":"matching","recipients":["a @b.test"]}""" },
        { "windowDays", """{"mode":"all","windowDays":0}""" },
        { "windowDays", """{"mode":"all","windowDays":366}""" },
        { "followUp.afterWorkingDays", FollowUp(""" "afterWorkingDays":0 """) },
        { "followUp.afterWorkingDays", FollowUp(""" "afterWorkingDays":61 """) },
        { "followUp.afterWorkingDays", FollowUp(""" "afterWorkingDays":null """) },
        { "followUp.maxReminders", FollowUp(""" "maxReminders":0 """) },
        { "followUp.maxReminders", FollowUp(""" "maxReminders":11 """) },
        { "followUp.timeZone", FollowUp(""" "timeZone":"Europe/Nowhere" """) },
        { "followUp.timeZone", FollowUp(""" "timeZone":"../../etc/passwd" """) },
        { "followUp.timeZone", FollowUp(""" "timeZone":"" """) },
        { "followUp.channel", FollowUp(""" "channel":"pigeon" """) },
        { "followUp.recipient", FollowUp(""" "recipient":"12345" """) },
        { "followUp.recipient", FollowUp(""" "recipient":null """) },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void What_is_wrong_is_named(string field, string json) => Errors(Read(json)).ShouldContain(field);

    [Theory]
    [InlineData("""{"mode":"matching","categories":["Customers"]}""")]
    [InlineData("""{"mode":"matching","recipients":["ann@contoso.test","*@contoso.test"]}""")]
    [InlineData("""{"mode":"requested","windowDays":365}""")]
    [InlineData("""{"mode":"all","windowDays":1,"followUp":{"afterWorkingDays":60,"maxReminders":10,"timeZone":"Europe/Zurich","channel":"sms","recipient":"+14155550100"}}""")]
    [InlineData("""{"mode":"all","followUp":{"afterWorkingDays":1,"channel":"whatsapp","recipient":"+15550100001"}}""")]
    public void What_is_right_at_the_bounds_is_taken(string json) => Errors(Read(json)).ShouldBeEmpty();

    [Fact]
    public void A_reminder_is_one_and_counted_in_UTC_unless_said_otherwise() =>
        Read("""{"mode":"all","followUp":{"afterWorkingDays":3,"channel":"whatsapp","recipient":"+15550100001"}}""").ToPolicy()
            .FollowUp.ShouldBe(new FollowUp(3, 1, "UTC", "whatsapp", "+15550100001"));

    [Theory]
    [InlineData("""{"status":"paused"}""", false)]
    [InlineData("""{"tracking":null}""", true)]
    [InlineData("""{"tracking":{"mode":"all"}}""", true)]
    public void That_nothing_is_tracked_is_told_from_nothing_said(string json, bool says) =>
        JsonSerializer.Deserialize<ChangeAccountRequest>(json, Json)!.SaysTracking.ShouldBe(says);

    [Theory]
    [InlineData("AAMkAGI2TG93AAA=", true)]
    [InlineData("<CA+1@mail.example.com>", true)]
    [InlineData("  <a@b> ", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("<a@b", false)]
    [InlineData("a@b>", false)]
    [InlineData("<ab>", false)]
    [InlineData("<@b>", false)]
    [InlineData("<a@<b>", false)]
    [InlineData("<a@b> <c@d>", false)]
    public void A_mail_is_named_by_its_id_or_its_Message_ID(string text, bool isOne) =>
        (MessageReference.Error(text) is null).ShouldBe(isOne);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new Switchboard.ServiceDefaults.WordEnumConverter() },
    };

    // of a property that is given twice the last one counts
    private static string FollowUp(string said) =>
        """{"mode":"all","followUp":{"afterWorkingDays":3,"channel":"whatsapp","recipient":"+15550100001",""" + said + "}}";

    private static TrackingPolicyRequest Read(string json) => JsonSerializer.Deserialize<TrackingPolicyRequest>(json, Json)!;

    private List<string> Errors(TrackingPolicyRequest request) =>
        [.. _validator.Validate(request).Errors.Select(error => FieldNames.Of(error.PropertyName))];
}
