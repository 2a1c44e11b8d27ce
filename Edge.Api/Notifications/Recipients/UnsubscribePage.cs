using System.Text;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>
/// What a recipient sees behind the link of a message: by category and channel whether they want it. Pure; <see cref="ShowPreferences"/>
/// and <see cref="ChangePreferences"/> read and write.
/// </summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Categories">What the user sends about, but for what is critical.</param>
/// <param name="Preferences">What holds now.</param>
internal sealed record UnsubscribePage(Recipient Recipient, IReadOnlyList<CategorySettings> Categories, RecipientPreferences Preferences)
{
    /// <summary>Which boxes the form had; a category that came later was not among them.</summary>
    public const string Shown = "shown";

    /// <summary>Which of them are ticked.</summary>
    public const string Wanted = "wanted";

    /// <summary>Which button was pressed.</summary>
    public const string Action = "action";

    /// <summary>The button that keeps the boxes as they are.</summary>
    public const string Save = "save";

    /// <summary>The button that turns everything off.</summary>
    public const string Nothing = "nothing";

    private static readonly (string Channel, string Label)[] Labels =
    [
        (Channels.Email, "Email"), (Channels.Sms, "SMS"), (Channels.WhatsApp, "WhatsApp"), (Channels.Push, "Push"), (Channels.Chat, "Chat"),
        (Channels.Inbox, "Inbox"),
    ];

    /// <summary>What the boxes of the form make of a choice: a box that was not changed says nothing new.</summary>
    public PreferenceSet Saved(PreferenceSet current, IReadOnlySet<string> shown, IReadOnlySet<string> wanted)
    {
        var holds = Preferences with { Own = current };
        var changed = current;
        foreach (var category in Categories)
        {
            foreach (var (channel, _) in Labels.Where(label => shown.Contains(Box(category, label.Channel))))
            {
                var isWanted = wanted.Contains(Box(category, channel));
                if (isWanted != holds.Wants(category.Name, channel, category))
                    changed = With(changed, category.Name, channel, isWanted);
            }
        }

        return changed;
    }

    /// <summary>A choice with one more word in it.</summary>
    public static PreferenceSet With(PreferenceSet set, string category, string channel, bool isWanted)
    {
        var before = set.Choices.GetValueOrDefault(category) ?? new Dictionary<string, bool>();
        var channels = new Dictionary<string, bool>(before) { [channel] = isWanted };
        return set with { Choices = new Dictionary<string, IReadOnlyDictionary<string, bool>>(set.Choices) { [category] = channels } };
    }

    /// <summary>Nothing is wanted any more.</summary>
    public static PreferenceSet WithNothing(PreferenceSet set) => set with
    {
        Choices = new Dictionary<string, IReadOnlyDictionary<string, bool>>
        {
            [PreferenceSet.Any] = new Dictionary<string, bool> { [PreferenceSet.Any] = false },
        },
    };

    /// <summary>The form.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isSaved">Whether it was just saved.</param>
    public IResult Render(HttpContext context, bool isSaved)
    {
        HtmlPage.Protect(context.Response, "'self'");
        // where they can be reached; an inbox everybody has
        var columns = Array.FindAll(
            Labels, label => label.Channel == Channels.Inbox || Recipient.Addresses.Any(address => address.Channel == label.Channel));
        var headings = string.Concat(columns.Select(column => $"<th scope=\"col\">{column.Label}</th>"));
        var rows = new StringBuilder();
        foreach (var category in Categories)
        {
            var name = HtmlPage.Text(category.Name == CategorySettings.DefaultName ? "General" : category.Name);
            rows.Append(null, $"<tr><th scope=\"row\"><bdi>{name}</bdi></th>");
            foreach (var (channel, label) in columns)
            {
                var box = Box(category, channel);
                var isTicked = Preferences.Wants(category.Name, channel, category) ? " checked" : "";
                rows.Append(null, $"<td><input type=\"hidden\" name=\"{Shown}\" value=\"{box}\">")
                    .Append(null, $"<input type=\"checkbox\" name=\"{Wanted}\" value=\"{box}\" aria-label=\"{name}: {label}\"{isTicked}></td>");
            }

            rows.Append("</tr>\n");
        }

        return HtmlPage.Of(
            "What you want to be told",
            $"""
            {(isSaved ? "<p role=\"status\">Saved.</p>" : "")}
            <p>Choose what you get, and how. What is critical, such as a warning about your account, comes in any case.</p>
            <form method="post" action="{HtmlPage.Text(context.Request.PathBase + context.Request.Path)}">
            <table>
            <thead><tr><th scope="col">About</th>{headings}</tr></thead>
            <tbody>
            {rows}</tbody>
            </table>
            <p><button type="submit" name="{Action}" value="{Save}">Save</button>
            <button class="other" type="submit" name="{Action}" value="{Nothing}">Turn everything off</button></p>
            </form>
            """);
    }

    /// <summary>200: mail of a category comes no more (RFC 8058: no redirect, and no question).</summary>
    public static IResult Unsubscribed(HttpContext context)
    {
        HtmlPage.Protect(context.Response);
        return HtmlPage.Of("Unsubscribed", "<p>You get no more mail of this kind.</p>");
    }

    /// <summary>The link opens nothing, or what was sent to it is no answer to the page.</summary>
    public static IResult Refused(HttpContext context, int status)
    {
        HtmlPage.Protect(context.Response);
        return status == StatusCodes.Status404NotFound
            ? HtmlPage.Of(
                "This link is not valid",
                "<p>It was not copied whole, or its recipient is not known any more: then nothing is sent.</p>",
                status)
            : HtmlPage.Of("That was not understood", "<p>Open the link of the message again and choose there.</p>", status);
    }

    // both are words of a few characters that HTML leaves as they are
    private static string Box(CategorySettings category, string channel) => $"{category.Name}/{channel}";
}
