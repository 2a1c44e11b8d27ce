using System.Text;

namespace Switchboard.Load.Email;

/// <summary>Twenty kinds of mail to a user: two of them match nothing, some match two rules. About 1 KB each.</summary>
internal static class MailKinds
{
    public const int Count = 20;
    private const int TextLength = 800;

    private static readonly string[] Filler =
    [
        "We hope that this finds you well.", "The figures of the quarter are in the usual place.", "Please have a look when you find the time.",
        "Nothing else has changed since we last wrote.", "The team in the north sends its regards.", "As ever, an answer to this address reaches us.",
        "The second half of the list follows on Thursday.", "Many thanks for your patience so far.",
    ];

    public static IReadOnlyList<MailSpec> Of(int user) =>
    [
        new($"billing@acme{user}.test", "Invoice for hosting", Text("Your invoice is ready.")),
        new($"billing@acme{user}.test", "Payment due in seven days", Text("Please pay soon.")),
        new($"billing@acme{user}.test", "A change of our terms", Text("Our terms change next year.")),
        new("books@paper.test", "Your invoice", Text("Thank you for reading.")),
        new("sales@tools.test", "Invoice and receipt", Text("Thank you for your trust."), HasAttachment: true),
        new($"alerts@status{user}.test", "Checkout is slow", Text("The checkout answers slowly.")),
        new($"alerts@eu.status{user}.test", "Search is back", Text("The search is well again.")),
        new($"alerts@status{user}.test", "Disk nearly full", Text("Nine tenths are used.")),
        new("orders@shop.test", "Good news", Text("Your order is on its way.")),
        new("post@eu.shop.test", "Parcel", Text("Your parcel has been shipped.")),
        new("cards@north.bank.test", "Your statement", Text("Your statement is there.")),
        new("cards@south.bank.test", "A new device", Text("A new device was added.")),
        new("ann@corp.test", "Plan", Text("There is a meeting about it tomorrow.")),
        new("bob@corp.test", "Lunch", Text("The meeting tomorrow begins at ten.")),
        new("data@corp.test", "Numbers", Text("The report for the week is attached."), HasAttachment: true),
        new("data@corp.test", "Report, urgent", Text("Please read it today."), HasAttachment: true),
        new("boss@corp.test", "A word", Text("Come and see me.")),
        new("carl@corp.test", "Urgent: the printer", Text("It is out of paper.")),
        new($"noreply@status{user}.test", "Weekly summary", Text("All was well.")),
        new("news@letters.test", "Five small tools", Text("A meeting tomorrow was cancelled, so we read.")),
    ];

    private static string Text(string first)
    {
        var text = new StringBuilder(first);
        for (var line = first.Length; text.Length < TextLength; line++)
        {
            text.Append('\n').Append(Filler[line % Filler.Length]);
        }

        return text.ToString();
    }
}
