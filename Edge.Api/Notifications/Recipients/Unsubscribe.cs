using Microsoft.AspNetCore.Http.Features;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>Reads what a signed link opens.</summary>
internal sealed class UnsubscribePages(
    UnsubscribeLinks links, RecipientStore recipients, CategoryStore categories, PreferenceStore preferences)
{
    public const string Route = UnsubscribeLinks.Path + "{token}";

    /// <summary>Whose choice the link of the request opens; null if it is none of ours.</summary>
    public UnsubscribeTarget? TargetOf(HttpContext context) =>
        links.TryRead($"{context.GetRouteValue("token")}", out var target) ? target : null;

    /// <summary>What its recipient sees; null if they are not there any more.</summary>
    public async Task<UnsubscribePage?> FindAsync(UnsubscribeTarget target, CancellationToken cancellationToken)
    {
        var found = await recipients.FindAsync(target.UserId, [target.RecipientId], cancellationToken);
        if (!found.TryGetValue(target.RecipientId, out var recipient))
            return null;
        var all = await categories.ListAsync(target.UserId, cancellationToken);
        var hold = await preferences.FindAsync(target.UserId, [recipient.Id], cancellationToken);
        return new(recipient, [.. all.Where(category => !category.IsCritical)], hold[recipient.Id]);
    }
}

/// <summary><c>GET /u/{token}</c>: what a recipient wants, for whoever has the link. It changes nothing: programs look at links.</summary>
internal sealed class ShowPreferences(UnsubscribePages pages) : EndpointWithoutRequest<IResult>
{
    public override void Configure()
    {
        Get(UnsubscribePages.Route);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Preferences", "Show a recipient their preferences, behind the link of a message")
            .Produces(200, contentType: "text/html").Refuses(404, 429, 503));
    }

    public override async Task<IResult> ExecuteAsync(CancellationToken ct) =>
        pages.TargetOf(HttpContext) is { } target && await pages.FindAsync(target, ct) is { } page
            ? page.Render(HttpContext, isSaved: false)
            : UnsubscribePage.Refused(HttpContext, StatusCodes.Status404NotFound);
}

/// <summary>
/// <c>POST /u/{token}</c>: what the page's form says, or <c>List-Unsubscribe=One-Click</c> of a mail program (RFC 8058), which turns off
/// mail of the category that the message was of.
/// </summary>
internal sealed class ChangePreferences(UnsubscribePages pages, PreferenceStore preferences) : EndpointWithoutRequest<IResult>
{
    private const string OneClick = "One-Click";
    private const int MaxBytes = 256 * 1024;

    // the form has two for each box
    private static readonly FormOptions FormLimits = new()
    {
        ValueCountLimit = 20_000,
        KeyLengthLimit = 200,
        ValueLengthLimit = 1_000,
        BufferBodyLengthLimit = MaxBytes,
        MultipartBodyLengthLimit = MaxBytes,
    };

    public override void Configure()
    {
        Post(UnsubscribePages.Route);
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Preferences", "Unsubscribe by one click (RFC 8058), or save what the page says")
            .Produces(200, contentType: "text/html").Refuses(400, 404, 413, 429, 503));
    }

    public override async Task<IResult> ExecuteAsync(CancellationToken ct)
    {
        if (pages.TargetOf(HttpContext) is not { } target)
            return UnsubscribePage.Refused(HttpContext, StatusCodes.Status404NotFound);
        if (await ReadFormAsync(ct) is not { } form)
            return UnsubscribePage.Refused(HttpContext, StatusCodes.Status400BadRequest);
        if (form["List-Unsubscribe"] == OneClick)
        {
            // of who is gone there is nothing left to turn off
            await preferences.ChangeAsync(
                target.UserId, target.RecipientId, set => UnsubscribePage.With(set, target.Category, Channels.Email, isWanted: false), ct);
            return UnsubscribePage.Unsubscribed(HttpContext);
        }

        if (await pages.FindAsync(target, ct) is not { } page)
            return UnsubscribePage.Refused(HttpContext, StatusCodes.Status404NotFound);
        Func<PreferenceSet, PreferenceSet>? change = (string?)form[UnsubscribePage.Action] switch
        {
            UnsubscribePage.Nothing => UnsubscribePage.WithNothing,
            UnsubscribePage.Save => set => page.Saved(set, Ticked(form, UnsubscribePage.Shown), Ticked(form, UnsubscribePage.Wanted)),
            _ => null,
        };
        if (change is null)
            return UnsubscribePage.Refused(HttpContext, StatusCodes.Status400BadRequest);
        return await preferences.ChangeAsync(target.UserId, target.RecipientId, change, ct) is { } set
            ? (page with { Preferences = page.Preferences with { Own = set } }).Render(HttpContext, isSaved: true)
            : UnsubscribePage.Refused(HttpContext, StatusCodes.Status404NotFound);
    }

    private static HashSet<string> Ticked(IFormCollection form, string name) => [.. form[name].OfType<string>()];

    // null: it is no form
    private async Task<IFormCollection?> ReadFormAsync(CancellationToken cancellationToken)
    {
        if (!HttpContext.Request.HasFormContentType)
            return null;
        if (HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = MaxBytes;
        try
        {
            return await HttpContext.Request.ReadFormAsync(FormLimits, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException || (exception is IOException and not BadHttpRequestException))
        {
            return null;
        }
    }
}
