using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Tests.Queries;

/// <summary>Queries of a list.</summary>
internal static class ListQueries
{
    public static TrackedEmailQuery Of(OwnedAccounts accounts, string sort = TrackedEmailSort.Newest, int take = 51) =>
        new(accounts, null, null, null, null, null, null, sort, null, null, 0, take, 0);

    /// <summary>Any query that may be asked, of some of the accounts.</summary>
    public static TrackedEmailQuery Any(Random dice, OwnedAccounts accounts)
    {
        var sort = Pick(dice, TrackedEmailSort.All);
        var since = SeededDatabase.End.AddDays(-180 * dice.NextDouble());
        return new(
            accounts,
            dice.Next(2) == 0 ? null : Pick(dice, "active", "responded", "bounced", "expired", "stopped"),
            dice.Next(3) != 0 ? null : TrackedEmailSort.IsByAnswer(sort) || dice.Next(2) == 0,
            dice.Next(3) != 0 ? null : Pick(dice, "@domain1.test", "@domain2.test", "@domain311.test", "@other7.test", "person1@domain1.test", "colleague3@domain1.test", "a'b\\@x.test"),
            dice.Next(3) != 0 ? null : Pick(dice, "invoice", "inv", "ZEBRA", "meet q3 2026", "zürich", "Offer \"our\" visit", "q", "100%", "7 _ '"),
            dice.Next(3) == 0 ? since : null,
            dice.Next(3) == 0 ? since.AddDays(60 * dice.NextDouble()) : null,
            sort,
            dice.Next(3) == 0 ? SeededDatabase.End.AddDays(-180 * dice.NextDouble()) : null,
            Guid.CreateVersion7(SeededDatabase.End),
            dice.Next(4) == 0 ? dice.Next(300) : 0,
            dice.Next(1, 102),
            dice.Next(2) == 0 ? 10_001 : 0);
    }

    private static string Pick(Random dice, params string[] choices) => choices[dice.Next(choices.Length)];
}
