using System.Globalization;

namespace Switchboard.Simulator.Microsoft;

/// <summary>Whom planned mails went to and what they say, drawn from a plan.</summary>
internal sealed class MailTexts(MailPlan plan)
{
    private static readonly string[] FirstNames =
        ["Ada", "Ben", "Clara", "David", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mara", "Noor", "Oscar",
            "Priya"];

    private static readonly string[] LastNames =
        ["Adler", "Bauer", "Costa", "Dupont", "Evans", "Fischer", "Garcia", "Haddad", "Ito", "Jensen", "Kumar", "Lopez", "Moreau", "Novak",
            "Olsen", "Patel"];

    // the first ones write more
    private static readonly string[] Domains =
    [
        "contoso.test", "contoso.test", "contoso.test", "contoso.test", "fabrikam.test", "fabrikam.test", "fabrikam.test",
        "northwind.test", "northwind.test", "adatum.test", "adatum.test", "litware.test", "tailspin.test", "wingtip.test", "proseware.test",
        "example.org",
    ];

    private static readonly string[] Subjects =
        ["Offer", "Contract", "Invoice", "Meeting notes", "Project plan", "Question about order", "Draft of report", "Delivery"];

    private static readonly string[] Sentences =
    [
        "Could you have a look at the attached figures and tell me by Friday whether they are right?",
        "As discussed on the phone, I am sending you the new version.",
        "Would Tuesday or Wednesday suit you for a short call?",
        "We have everything ready on our side and wait for your word.",
        "Please find below what we agreed upon.",
        "There is one open point left: who signs on your side?",
    ];

    /// <summary>The first recipient of a sent mail, who is the one that answers.</summary>
    public MailAddress Recipient(int index) => Person(First(index), Last(index), DomainOf(index));

    public string DomainOf(int index) => Domains[plan.Pick(index, Purpose.Domain, Domains.Length)];

    /// <summary>One mail in eight goes to a colleague of the recipient too.</summary>
    public IReadOnlyList<MailAddress> Copies(int index) =>
        plan.Pick(index, Purpose.Copy, 8) == 0
            ? [Person((First(index) + 1) % FirstNames.Length, Last(index), DomainOf(index))]
            : [];

    /// <summary>One mail in ten is of the category Sales, one in twenty of Projects.</summary>
    public IReadOnlyList<string> Categories(int index) => plan.Pick(index, Purpose.Category, 20) switch
    {
        0 or 1 => ["Sales"],
        2 => ["Projects"],
        _ => [],
    };

    public string Subject(int index) =>
        $"{Subjects[plan.Pick(index, Purpose.Subject, Subjects.Length)]} {(10_000 + index).ToString(CultureInfo.InvariantCulture)}";

    public string Text(int index) =>
        $"Hello {FirstNames[First(index)]},\n\n{Sentence(index)}\n\nKind regards";

    public string ReplyText(int index) =>
        $"Thank you, that is fine with us.\n\n{FirstNames[First(index)]}\n\n> {Sentence(index)}";

    private int First(int index) => plan.Pick(index, Purpose.FirstName, FirstNames.Length);

    private int Last(int index) => plan.Pick(index, Purpose.LastName, LastNames.Length);

    private string Sentence(int index) => Sentences[plan.Pick(index, Purpose.Sentence, Sentences.Length)];

    private static MailAddress Person(int first, int last, string domain) =>
        new($"{FirstNames[first]} {LastNames[last]}",
            $"{FirstNames[first].ToLowerInvariant()}.{LastNames[last].ToLowerInvariant()}@{domain}");
}
