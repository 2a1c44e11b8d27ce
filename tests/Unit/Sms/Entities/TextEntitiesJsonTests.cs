using Switchboard.Core.Sms;

namespace Switchboard.Tests.Unit.Sms.Entities;

public sealed class TextEntitiesJsonTests
{
    private static readonly TextEntities Entities = new(
        ["https://a.test"], [new("12 March 2026", new(2026, 3, 12))], ["493012345678"], [new("12.50 EUR", 12.50m, "EUR")]);

    private const string Json =
        """
        {"links":["https://a.test"],"dates":[{"text":"12 March 2026","value":"2026-03-12"}],"phoneNumbers":["493012345678"],"amounts":[{"text":"12.50 EUR","value":12.50,"currency":"EUR"}]}
        """;

    [Fact]
    public void It_is_written_as_the_table_says()
    {
        TextEntitiesJson.Write(Entities).ShouldBe(Json);
        TextEntitiesJson.Write(TextEntities.None).ShouldBe("""{"links":[],"dates":[],"phoneNumbers":[],"amounts":[]}""");
    }

    [Fact]
    public void What_is_written_is_read_again() => TextEntitiesJson.Write(TextEntitiesJson.Read(Json)).ShouldBe(Json);

    [Fact]
    public void A_list_that_is_not_there_is_empty() => TextEntitiesJson.Read("""{"links":["x"]}""").Amounts.ShouldBeEmpty();
}
