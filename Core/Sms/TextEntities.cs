namespace Switchboard.Core.Sms;

/// <summary>
/// What was found in a text, each thing once, in the order of the text; the column <c>enrichment_items.entities</c>
/// (<see cref="TextEntitiesJson"/>).
/// </summary>
/// <param name="Links">Links as they are written: <c>https://acme.test/a</c>, <c>www.acme.test</c>.</param>
/// <param name="Dates">Days.</param>
/// <param name="PhoneNumbers">Phone numbers in E.164.</param>
/// <param name="Amounts">Amounts of money.</param>
public sealed record TextEntities(
    IReadOnlyList<string> Links,
    IReadOnlyList<FoundDate> Dates,
    IReadOnlyList<string> PhoneNumbers,
    IReadOnlyList<FoundAmount> Amounts)
{
    /// <summary>Nothing was found.</summary>
    public static TextEntities None { get; } = new([], [], [], []);
}
