using System.Text;
using System.Text.RegularExpressions;
using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>A version of a template as it is written.</summary>
internal partial class TemplateRequest
{
    /// <summary>The kind of what is sent.</summary>
    public const string TemplateKind = "template";

    /// <summary>The kind of what others are put into.</summary>
    public const string LayoutKind = "layout";

    /// <summary>What its messages are about, where a call does not say it.</summary>
    public string? Category { get; init; }

    /// <summary>The key of the layout that it is put into.</summary>
    public string? Layout { get; init; }

    /// <summary>What it says on each channel and in each language.</summary>
    public IReadOnlyList<VariantRequest?>? Variants { get; init; }

    /// <summary>The variants as they are kept.</summary>
    public IReadOnlyList<TemplateVariant> ToVariants() => [.. Variants!.Select(variant => variant!.ToVariant())];

    /// <summary>How large its sources are together, in UTF-8.</summary>
    public int SourceBytes() => ToVariants().Sum(variant => variant.Sources().Sum(source => Encoding.UTF8.GetByteCount(source.Source)));

    /// <summary>What of it a layout cannot be; null if nothing is.</summary>
    public FieldError? LayoutError()
    {
        if (Layout is not null)
            return new("layout", "A layout is not put into another.");
        for (var i = 0; i < Variants!.Count; i++)
        {
            if (Variants[i]!.Subject is not null || Variants[i]!.Whatsapp is not null)
                return new($"variants[{i}]", "A layout has a text and an html only.");
            foreach (var (field, source) in Variants[i]!.ToVariant().Sources())
                if (!Content().IsMatch(source))
                    return new($"variants[{i}].{field}", "A layout must have {{ content }}: it is put around that.");
        }

        return null;
    }

    [GeneratedRegex(@"\{\{-?\s*content\b", RegexOptions.CultureInvariant)]
    private static partial Regex Content();
}

/// <summary>What a template says on a channel and in a language: in Liquid.</summary>
internal sealed class VariantRequest
{
    /// <summary>Left out, it is for each channel that has none of its own.</summary>
    public string? Channel { get; init; }

    /// <summary>As de-AT or de; left out, it is for each language that has none of its own.</summary>
    public string? Locale { get; init; }

    public string? Subject { get; init; }

    /// <summary>Left out, it is made from the HTML.</summary>
    public string? Text { get; init; }

    public string? Html { get; init; }

    /// <summary>A template that WhatsApp has approved.</summary>
    public WhatsAppTemplateRequest? Whatsapp { get; init; }

    public TemplateVariant ToVariant() => new()
    {
        Channel = Channel,
        Locale = Locale,
        Subject = Subject,
        Text = Text,
        Html = Html,
        WhatsApp = Whatsapp is null
            ? null
            : new(Whatsapp.Name!, Whatsapp.Language!, [.. (Whatsapp.Parameters ?? []).Select(source => source!)]),
    };
}

/// <summary>A template of WhatsApp, and what fills it: each parameter in Liquid.</summary>
internal sealed class WhatsAppTemplateRequest
{
    public string? Name { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string?>? Parameters { get; init; }
}

/// <summary>What a version must be. Its sources are compiled: what is wrong in one is said with line and column.</summary>
internal abstract partial class TemplateRequestValidator<TRequest> : Validator<TRequest>
    where TRequest : TemplateRequest
{
    private const int MaxVariants = 100;
    private const int MaxParameters = 50;
    private const int MaxSubjectSource = 2_000;

    /// <summary>How large all sources of a version are together at most, in UTF-8.</summary>
    public const int MaxSourceBytes = 256 * 1024;

    protected TemplateRequestValidator()
    {
        RuleFor(request => request.Category).NotEmpty().When(request => request.Category is not null).Text(100);
        RuleFor(request => request.Layout).Must(layout => layout is null || Key().IsMatch(layout)).WithMessage(KeyError);
        RuleFor(request => request.Variants).NotEmpty().Custom(Check);
    }

    protected const string KeyError = "It must be 1 to 100 lower-case letters of ASCII, digits, hyphens, underscores and dots.";

    [GeneratedRegex(@"\A[a-z0-9._-]{1,100}\z", RegexOptions.CultureInvariant)]
    protected static partial Regex Key();

    private static void Check(IReadOnlyList<VariantRequest?>? variants, FluentValidation.ValidationContext<TRequest> context)
    {
        if (variants is null)
            return;
        if (variants.Count > MaxVariants)
        {
            context.AddFailure($"It has {variants.Count} entries; {MaxVariants} are the most.");
            return;
        }

        var (taken, bytes) = (new HashSet<(string?, string?)>(), 0L);
        for (var i = 0; i < variants.Count; i++)
        {
            var failures = variants[i] is { } variant ? Failures(variant) : [("", "It must be an object.")];
            if (variants[i] is { } one && !taken.Add((one.Channel, one.Locale)))
                failures = failures.Append(("", "There is another variant of this channel and language."));
            foreach (var (field, reason) in failures.ToList())
                context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{i}]{(field.Length == 0 ? "" : $".{field}")}", reason));
            bytes += Sources(variants[i]).Sum(source => (long)Encoding.UTF8.GetByteCount(source.Source));
        }

        if (bytes > MaxSourceBytes)
            context.AddFailure($"The sources have {bytes} bytes together; {MaxSourceBytes} are the most.");
    }

    private static IEnumerable<(string Field, string Reason)> Failures(VariantRequest variant)
    {
        if (variant.Channel is { } channel && Channels.Find(channel) is null)
            yield return ("Channel", $"It must be one of {string.Join(", ", Channels.Names)}.");
        if (variant.Locale is { } locale && !TemplateLocale.IsValid(locale))
            yield return ("Locale", TemplateLocale.FormatError);
        if (variant is { Text: null, Html: null, Whatsapp: null })
            yield return ("", "It must have a text, an html or a whatsapp.");
        if (variant.Subject?.Length > MaxSubjectSource)
            yield return ("Subject", $"It is longer than {MaxSubjectSource} characters.");
        foreach (var failure in variant.Whatsapp is { } whatsApp ? Failures(whatsApp, variant.Channel) : [])
            yield return failure;
        foreach (var (field, source) in Sources(variant))
        {
            if (!TextRules.IsStorable(source))
                yield return (field, TextRules.NotStorable);
            else if (source.Length <= MaxSourceBytes && TemplateRenderer.ErrorIn(source) is { } error)
                yield return (field, error.ToString());
        }
    }

    private static IEnumerable<(string Field, string Reason)> Failures(WhatsAppTemplateRequest whatsApp, string? channel)
    {
        if (channel is not (null or Channels.WhatsApp))
            yield return ("Whatsapp", "Another channel does not send it.");
        if (whatsApp.Name is null || !WhatsAppName().IsMatch(whatsApp.Name))
            yield return ("Whatsapp.Name", "It must be a name as WhatsApp has them: lower-case letters, digits and underscores.");
        if (whatsApp.Language is null || !WhatsAppLanguage().IsMatch(whatsApp.Language))
            yield return ("Whatsapp.Language", "It must be a language in WhatsApp's form: en, en_US.");
        if (whatsApp.Parameters?.Count > MaxParameters)
            yield return ("Whatsapp.Parameters", $"It has {whatsApp.Parameters.Count} entries; {MaxParameters} are the most.");
        for (var i = 0; i < Math.Min(whatsApp.Parameters?.Count ?? 0, MaxParameters); i++)
            if (string.IsNullOrWhiteSpace(whatsApp.Parameters![i]))
                yield return ($"Whatsapp.Parameters[{i}]", "It is empty.");
    }

    private static IEnumerable<(string Field, string Source)> Sources(VariantRequest? variant)
    {
        IEnumerable<(string, string?)> sources =
        [
            ("Subject", variant?.Subject), ("Text", variant?.Text), ("Html", variant?.Html),
            .. (variant?.Whatsapp?.Parameters ?? []).Take(MaxParameters).Select((source, i) => ($"Whatsapp.Parameters[{i}]", source)),
        ];
        foreach (var (field, source) in sources)
            if (source is not null)
                yield return (field, source);
    }

    [GeneratedRegex(@"\A[a-z0-9_]{1,512}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WhatsAppName();

    [GeneratedRegex(@"\A[a-z]{2,3}(_[A-Z]{2}|_[A-Z][a-z]{3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex WhatsAppLanguage();
}
