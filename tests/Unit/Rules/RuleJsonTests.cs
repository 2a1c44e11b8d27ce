using System.Text.Json;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class RuleJsonTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var sender = Some.Senders(["a@b.test"], ["b.test"], ["*@c.test"], ["d@b.test"]);
        var content = Some.Content(["a"], ["b"], ["c"], ContentScope.Subject, true);

        JsonSerializer.Serialize(RuleJson.ReadSender(RuleJson.Write(sender))).ShouldBe(JsonSerializer.Serialize(sender));
        JsonSerializer.Serialize(RuleJson.ReadContent(RuleJson.Write(content))).ShouldBe(JsonSerializer.Serialize(content));
    }

    [Fact]
    public void It_is_written_as_the_table_says() =>
        RuleJson.Write(Some.Content(["a"], scope: ContentScope.Both))
            .ShouldBe("""{"anyOf":["a"],"allOf":[],"noneOf":[],"scope":"both","hasAttachment":null,"include":"newText"}""");

    [Fact]
    public void A_list_that_is_not_there_is_empty()
    {
        RuleJson.ReadSender("""{"domains":["a.test"]}""").Addresses.ShouldBeEmpty();
        var content = RuleJson.ReadContent("""{"anyOf":["a"]}""");
        content.NoneOf.ShouldBeEmpty();
        content.Scope.ShouldBe(ContentScope.Both);
        content.HasAttachment.ShouldBeNull();
        content.Include.ShouldBe(ContentInclude.NewText);
    }

    [Fact]
    public void A_users_rules_come_out_of_a_cache_as_they_went_in()
    {
        var rules = new UserRules([Some.Rule(content: Some.Content(anyOf: ["invoice"]))]);

        var back = JsonSerializer.Deserialize<UserRules>(JsonSerializer.Serialize(rules))!;

        RuleEvaluator.Matches(back.Compiled, Some.Mail()).ShouldHaveSingleItem().Id.ShouldBe(rules.Rules[0].Id);
    }
}
