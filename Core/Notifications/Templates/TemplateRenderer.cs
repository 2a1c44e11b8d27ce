using System.Text.Json;
using Fluid.Values;
using Switchboard.Core.Email;
using Switchboard.Core.Postgres;
using Switchboard.Core.Rules;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>What became of a template: what a channel sends, or why there is nothing.</summary>
public abstract record RenderResult
{
    private RenderResult()
    {
    }

    /// <summary>What the channel sends.</summary>
    /// <param name="Text">The text, as much of it as the channel takes.</param>
    /// <param name="Content">What there is beside it: subject, HTML, an approved template; null for nothing.</param>
    public sealed record Rendered(string Text, NotificationContent? Content) : RenderResult;

    /// <summary>Nothing.</summary>
    /// <param name="Error">Why, for the template's user.</param>
    public sealed record Failed(string Error) : RenderResult;
}

/// <summary>What is wrong with a source.</summary>
/// <param name="Message">What.</param>
/// <param name="Line">In which line, from 1.</param>
/// <param name="Column">In which column of it, from 1.</param>
public sealed record SourceError(string Message, int Line, int Column)
{
    /// <summary>For a person.</summary>
    public override string ToString() => $"Line {Line}, column {Column}: {Message}";
}

/// <summary>A rendering with what there is to say about it.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Length">How long its text is on the channel, before it was cut; null if there is none.</param>
/// <param name="UndefinedNames">Names that it asks for and the data do not have.</param>
/// <param name="Work">How much work it took: at most ten million, of which each takes some nanoseconds.</param>
public sealed record TemplateTrial(RenderResult Result, MessageLength? Length, IReadOnlyList<string> UndefinedNames, long Work);

/// <summary>
/// Renders templates for channels, within the bounds of <see cref="LiquidContext"/>. A template sees the properties of the data by their
/// names; a layout sees them too, and what it is put around as <c>content</c>.
/// </summary>
public sealed class TemplateRenderer(TimeProvider timeProvider)
{
    /// <summary>How long a subject is at most, in UTF-16 units.</summary>
    public const int MaxSubject = 200;

    /// <summary>How long a parameter of a template of WhatsApp is at most.</summary>
    public const int MaxWhatsAppParameter = 1_024;

    /// <summary>Renders a template for a channel and a language, and cuts it to what the channel takes, never within a character.</summary>
    /// <param name="template">The template.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="locale">The language of who is told, as <c>de-AT</c>; null for the default.</param>
    /// <param name="data">What the template sees: an object.</param>
    public RenderResult Render(PublishedTemplate template, ChannelDefinition channel, string? locale, JsonElement data) =>
        Try(template, channel, locale, data).Result;

    /// <summary>What is wrong with a source as it is written; null if nothing is that shows without data.</summary>
    public static SourceError? ErrorIn(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            LiquidTemplate.Compile(source);
            return null;
        }
        catch (LiquidException exception)
        {
            return new(exception.Message, exception.Line, exception.Column);
        }
    }

    /// <summary>The same, with what there is to say about it.</summary>
    public TemplateTrial Try(PublishedTemplate template, ChannelDefinition channel, string? locale, JsonElement data)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(channel);
        var (undefined, budget) = (new List<string>(), new LiquidBudget());
        try
        {
            if (template.LayoutKey is { } key && template.Layout is null)
                throw new LiquidException($"The layout '{key}' of the template '{template.Key}' is not published.");
            var variant = template.Find(channel.Name, locale)
                ?? throw new LiquidException($"The template '{template.Key}' has nothing for the channel {channel.Name} in this language.");
            var run = new Run(template, LiquidData.Read(data), TimeZoneOf(data), timeProvider.GetUtcNow(), budget, undefined);
            var (text, content) = Render(run, variant, channel, template.Layout?.Find(channel.Name, locale));
            return new(
                new RenderResult.Rendered(MessageLength.Cut(channel, text), content), MessageLength.Of(channel, text), undefined,
                budget.Used);
        }
        catch (LiquidException exception)
        {
            return new(new RenderResult.Failed(StorableText.Cut(exception.Message, 500)), null, undefined, budget.Used);
        }
    }

    private static (string Text, NotificationContent? Content) Render(
        Run run, TemplateVariant variant, ChannelDefinition channel, TemplateVariant? layout)
    {
        var subject = channel.Capabilities.HasFlag(ChannelCapabilities.Subject) && variant.Subject is { } title
            ? StorableText.Cut(OnOneLine(run.Text("subject", title)), MaxSubject)
            : null;
        var approved = channel.Capabilities.HasFlag(ChannelCapabilities.Templates) && variant.WhatsApp is { } whatsApp
            ? new ApprovedTemplate(
                whatsApp.Name, whatsApp.Language, [.. whatsApp.Parameters.Select((source, i) => Parameter(run, source, i))])
            : null;

        var html = variant.Html is { } page && (variant.Text is null || channel.Capabilities.HasFlag(ChannelCapabilities.Html))
            ? run.InLayout("html", page, layout?.Html, isHtml: true)
            : null;
        var text = variant.Text is { } plain ? run.InLayout("text", plain, layout?.Text, isHtml: false)
            : html is not null ? HtmlText.From(html, withLinks: true)
            : approved is { Parameters.Count: > 0 } ? string.Join(", ", approved.Parameters)
            : approved?.Name ?? "";
        text = text.Trim();
        if (FoldedText.IsBlank(text) && (html is null || !channel.Capabilities.HasFlag(ChannelCapabilities.Html)))
            throw new LiquidException("It renders to nothing that a person could read.");

        if (!channel.Capabilities.HasFlag(ChannelCapabilities.Html))
            html = null;
        return (text, subject is null && html is null && approved is null
            ? null
            : new NotificationContent { Subject = subject, Html = html, Template = approved });
    }

    // WhatsApp refuses an empty one, and line breaks
    private static string Parameter(Run run, string source, int index)
    {
        var text = OnOneLine(run.Text($"whatsapp.parameters[{index}]", source));
        return FoldedText.IsBlank(text)
            ? throw new LiquidException($"whatsapp.parameters[{index}] renders to nothing.")
            : StorableText.Cut(text, MaxWhatsAppParameter);
    }

    // times are those of who is told
    private static TimeZoneInfo TimeZoneOf(JsonElement data) =>
        data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("recipient", out var recipient) && recipient.ValueKind == JsonValueKind.Object
        && recipient.TryGetProperty("time_zone", out var zone) && zone.ValueKind == JsonValueKind.String
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone.GetString()!, out var found)
            ? found
            : TimeZoneInfo.Utc;

    private static string OnOneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // what the sources of one message share
    private sealed class Run(
        PublishedTemplate template, Dictionary<string, FluidValue> data, TimeZoneInfo timeZone, DateTimeOffset now, LiquidBudget budget,
        List<string> undefined)
    {
        public string Text(string field, string source) => Render(template, field, source, isHtml: false, null);

        public string InLayout(string field, string source, string? layout, bool isHtml)
        {
            var content = Render(template, field, source, isHtml, null);
            return layout is null ? content : Render(template.Layout!, $"layout {field}", layout, isHtml, content);
        }

        private string Render(PublishedTemplate of, string field, string source, bool isHtml, string? content)
        {
            try
            {
                var compiled = of.Compiled.GetOrAdd(source, LiquidTemplate.Compile);
                var context = new LiquidContext(compiled.Options, budget, data, timeZone, now, undefined);
                if (content is not null)
                    context.SetValue("content", new StringValue(content, encode: false));
                return compiled.Render(context, isHtml);
            }
            catch (LiquidException exception)
            {
                throw new LiquidException($"{field}: {exception.Message}", exception.Line, exception.Column);
            }
        }
    }
}
