using System.Text.Json;
using FluentValidation;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Templates;
using Switchboard.Edge.Api.Notifications.Notify;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>What to render with which data.</summary>
internal sealed class PreviewTemplateRequest
{
    /// <summary>Left out, the latest.</summary>
    public int? Version { get; init; }

    public string? Channel { get; init; }

    /// <summary>The language of who would be told, as de-AT; left out, the default.</summary>
    public string? Locale { get; init; }

    /// <summary>What the template sees: an object, with recipient, unsubscribe_url, items and count as a message would have them.</summary>
    public JsonElement? Data { get; init; }
}

internal sealed class PreviewTemplateValidator : Validator<PreviewTemplateRequest>
{
    public PreviewTemplateValidator()
    {
        RuleFor(request => request.Version).GreaterThan(0);
        RuleFor(request => request.Channel).OneOf(Channels.Names);
        RuleFor(request => request.Locale)
            .Must(TemplateLocale.IsValid!).When(request => request.Locale is not null).WithMessage(TemplateLocale.FormatError);
        RuleFor(request => request.Data).Custom((data, context) =>
        {
            if (data is { } given && NotifyData.ErrorOf(given) is { } error)
                context.AddFailure(error);
        });
    }
}

/// <summary>A message as a recipient would get it.</summary>
/// <param name="Version">The version that was rendered.</param>
/// <param name="Subject">The subject, where the channel has one.</param>
/// <param name="Text">The text, as much of it as the channel takes; null where it could not be rendered.</param>
/// <param name="Html">The HTML, where the channel has it.</param>
/// <param name="Whatsapp">The template that WhatsApp would be asked to send.</param>
/// <param name="Length">How long the text is before it is cut, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What the channel's provider counts in: characters, bytes or smsCharacters.</param>
/// <param name="Limit">How long it may be.</param>
/// <param name="Segments">Of SMS, in how many parts it is sent before it is cut.</param>
/// <param name="Cut">Whether it was cut.</param>
/// <param name="Problems">What is wrong, or may be: why it could not be rendered, names that the data do not have.</param>
internal sealed record PreviewTemplateResponse(
    int Version,
    string? Subject,
    string? Text,
    string? Html,
    ApprovedTemplate? Whatsapp,
    int? Length,
    string Unit,
    int Limit,
    int? Segments,
    bool Cut,
    IReadOnlyList<string> Problems)
{
    public static PreviewTemplateResponse Of(int version, ChannelDefinition channel, TemplateTrial trial)
    {
        var (rendered, failed) = (trial.Result as RenderResult.Rendered, trial.Result as RenderResult.Failed);
        var isCut = trial.Length is { IsTooLong: true };
        return new(
            version, rendered?.Content?.Subject, rendered?.Text, rendered?.Content?.Html, rendered?.Content?.Template, trial.Length?.Length,
            JsonNamingPolicy.CamelCase.ConvertName(channel.Unit.ToString()), channel.MaxLength, trial.Length?.Segments, isCut,
            [
                .. failed is null ? [] : (ReadOnlySpan<string>)[failed.Error],
                .. isCut ? (ReadOnlySpan<string>)[$"The text is longer than the channel {channel.Name} takes, and was cut."] : [],
                .. trial.UndefinedNames.Select(name => $"The data have no '{name}'."),
            ]);
    }
}

/// <summary><c>POST /api/templates/{key}/preview</c>: renders a version, published or not, and sends nothing.</summary>
internal sealed class PreviewTemplate(TemplateVersionStore store, TemplateRenderer renderer)
    : Endpoint<PreviewTemplateRequest, Results<Ok<PreviewTemplateResponse>, ProblemHttpResult>>
{
    private const int WorkPerPermit = 500_000;

    public override void Configure()
    {
        Post("/api/templates/{key}/preview");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Render a version of a template with sample data")
            .Produces<PreviewTemplateResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<PreviewTemplateResponse>, ProblemHttpResult>> ExecuteAsync(
        PreviewTemplateRequest request, CancellationToken ct)
    {
        var key = Route<string>("key")!;
        if (await store.FindForPreviewAsync(HttpContext.Caller().UserId, key, request.Version, ct) is not { } template)
            return TemplateVersionStore.NotFound(key, request.Version);
        var channel = Channels.Find(request.Channel)!;
        var trial = renderer.Try(template, channel, request.Locale, request.Data ?? default);
        await HttpContext.CostsItemsAsync((int)(trial.Work / WorkPerPermit));
        return TypedResults.Ok(PreviewTemplateResponse.Of(template.Version, channel, trial));
    }
}
