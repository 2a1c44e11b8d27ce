using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class RuleRequestValidatorTests
{
    private readonly RuleRequestValidator _validator = new();

    [Fact]
    public void The_least_that_makes_a_rule_is_a_name_a_condition_and_a_recipient()
    {
        var request = new RuleRequest { Name = "Bank", Sender = new() { Domains = ["@Bank.test"] }, Recipient = "+15550100001" };

        Mistakes(request).ShouldBeEmpty();
        var rule = request.ToRule(Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        rule.ShouldSatisfyAllConditions(
            () => rule.Type.ShouldBe(RuleType.Sender),
            () => rule.Sender.Domains.ShouldBe(["bank.test"]),
            () => rule.Priority.ShouldBe(0),
            () => rule.Active.ShouldBeTrue(),
            () => rule.Continue.ShouldBeFalse(),
            () => rule.Template.ShouldBe(MessageTemplate.Default),
            () => rule.Channel.ShouldBe("whatsapp"));
    }

    [Fact]
    public void Its_conditions_make_its_type()
    {
        var sender = new SenderConditions { Addresses = ["a@b.test"] };
        var content = new ContentConditions { AnyOf = ["invoice"] };

        new RuleRequest { Sender = sender }.EffectiveType().ShouldBe(RuleType.Sender);
        new RuleRequest { Content = content }.EffectiveType().ShouldBe(RuleType.Content);
        new RuleRequest { Sender = sender, Content = content }.EffectiveType().ShouldBe(RuleType.Combined);
    }

    [Fact]
    public void Where_it_goes_may_stand_in_its_target() =>
        Mistakes(new RuleRequest
        {
            Name = "x",
            Content = new() { HasAttachment = true },
            Target = new() { Channel = "whatsapp", Recipient = "+15550100001" },
        }).ShouldBeEmpty();

    [Fact]
    public void Every_field_that_is_wrong_is_named_at_once() =>
        Mistakes(new RuleRequest
        {
            Name = " ",
            Type = RuleType.Combined,
            Priority = 2_000_000,
            Sender = new() { Addresses = ["ok@b.test", "nobody"], Wildcards = ["*@b.test", "plain@b.test"], Exclusions = [null] },
            Template = "{{subject}} {{nonsense}}",
            Recipient = "555-0100",
        }).ShouldBe(
            [
                "name", "priority", "template", "sender.addresses[1]", "sender.wildcards[1]", "sender.exclusions[0]", "content", "recipient",
            ],
            ignoreOrder: true);

    [Fact]
    public void A_sender_may_be_a_number() =>
        Mistakes(new RuleRequest
        {
            Name = "My phone",
            Sender = new() { Addresses = ["+15550100002"], Wildcards = ["+1555*"], Exclusions = ["+15550100099", "+1555010009?"] },
            Recipient = "+15550100001",
        }).ShouldBeEmpty();

    [Theory]
    [InlineData("+1555")]
    [InlineData("15550100002")]
    [InlineData("+1 555 010 0002")]
    [InlineData("+9990100002")]
    public void A_number_that_is_none_is_refused(string number)
    {
        var request = new RuleRequest { Name = "x", Sender = new() { Addresses = [number] }, Recipient = "+15550100001" };

        var mistake = _validator.Validate(request).Errors.ShouldHaveSingleItem();

        mistake.ErrorMessage.ShouldBe("It must be an address, such as billing@acme.test, or a phone number in E.164, such as +15550100001.");
    }

    [Theory]
    [InlineData(RuleType.Sender, "sender")]
    [InlineData(RuleType.Content, "content")]
    public void A_rule_without_conditions_of_its_type_is_refused(RuleType type, string field) =>
        Mistakes(new RuleRequest { Name = "x", Type = type, Recipient = "+15550100001" }).ShouldBe([field]);

    [Fact]
    public void Exclusions_alone_match_nobody() =>
        Mistakes(new RuleRequest { Name = "x", Sender = new() { Exclusions = ["spam.test"] }, Recipient = "+15550100001" }).ShouldBe(["sender"]);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_list_has_at_most_a_hundred_entries(int count, bool isValid) =>
        Mistakes(new RuleRequest
        {
            Name = "x",
            Content = new() { AnyOf = [.. Enumerable.Range(0, count).Select(number => $"word {number}")] },
            Recipient = "+15550100001",
        }).ShouldBe(isValid ? [] : ["content.anyOf"]);

    [Fact]
    public void Text_that_postgres_would_refuse_is_a_mistake_of_its_field() =>
        Mistakes(new RuleRequest
        {
            Name = "a\0b",
            Content = new() { AllOf = ["c\0d"] },
            Template = "\ud800",
            Recipient = "+15550100001",
        }).ShouldBe(["name", "template", "content.allOf[0]"], ignoreOrder: true);

    [Fact]
    public void What_nobody_sees_is_empty() =>
        Mistakes(new RuleRequest
        {
            Name = "\u200B\u00AD",
            Content = new() { AnyOf = ["ok", "\u2060\uFEFF "] },
            Recipient = "+15550100001",
        }).ShouldBe(["name", "content.anyOf[1]"], ignoreOrder: true);

    [Fact]
    public void A_phrase_is_stored_in_one_form_so_that_its_rule_is_found_by_it() =>
        new ContentConditions { AnyOf = ["Cafe\u0301", " café "] }.ToRules().AnyOf.ShouldBe(["café"]);

    [Theory]
    [InlineData(999, 0, 10, true)]
    [InlineData(1_000, 0, 10, false)]
    [InlineData(5, 9_990, 10, true)]
    [InlineData(5, 9_991, 10, false)]
    [InlineData(5, 20_000, 0, true)]
    public void A_user_has_so_many_rules_and_phrases(int rules, int phrases, int more, bool isTaken)
    {
        var content = new ContentConditions { AnyOf = [.. Enumerable.Range(0, more).Select(number => $"word {number}")], HasAttachment = true };
        var rule = new RuleRequest { Name = "x", Content = content, Recipient = "+15550100001" }.ToRule(Guid.Empty, DateTimeOffset.UnixEpoch);

        var refusal = RuleQuota.Refusal(new RuleOptions(), rules, phrases, rule);

        (refusal is null).ShouldBe(isTaken);
        if (!isTaken)
            refusal!.StatusCode.ShouldBe(409);
    }

    private List<string> Mistakes(RuleRequest request) =>
        [.. _validator.Validate(request).Errors.Select(error => FieldNames.Of(error.PropertyName))];
}
