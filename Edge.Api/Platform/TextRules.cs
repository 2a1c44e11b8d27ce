using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Conditions on text that several requests share.</summary>
internal static class TextRules
{
    /// <summary>Why a text cannot be stored.</summary>
    public const string NotStorable = "It must not contain null characters or unpaired surrogates.";

    /// <summary>Whether Postgres takes it.</summary>
    public static bool IsStorable(string? text) => text is null || StorableText.IsStorable(text);

    /// <summary>Why a JSON value cannot be stored.</summary>
    public const string NotStorableJson = "It has null characters or unpaired surrogates, or numbers that are too large or too small.";

    /// <summary>Whether Postgres takes a JSON value as <c>jsonb</c>: every text of it, and every number.</summary>
    public static bool IsStorable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value) is { } text && IsStorable(text),
        JsonValueKind.Number => IsStorableNumber(value),
        JsonValueKind.Array => value.EnumerateArray().All(IsStorable),
        JsonValueKind.Object => value.EnumerateObject().All(
            property => Name(property) is { } name && IsStorable(name) && IsStorable(property.Value)),
        _ => true,
    };

    /// <summary>At most so many characters, all of which Postgres takes.</summary>
    public static IRuleBuilderOptions<T, string?> Text<T>(this IRuleBuilder<T, string?> rule, int maxLength) =>
        rule.MaximumLength(maxLength).Must(IsStorable).WithMessage(NotStorable);

    /// <summary>One of these words, and no other.</summary>
    public static IRuleBuilderOptions<T, string?> OneOf<T>(this IRuleBuilder<T, string?> rule, IReadOnlyCollection<string> words) =>
        rule.Must(word => word is not null && words.Contains(word))
            .WithMessage($"It must be one of {string.Join(", ", words)}.");

    /// <summary>A person sees something of it: white space, controls and characters without width alone are nothing.</summary>
    public static IRuleBuilderOptions<T, string?> Visible<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is not null && !FoldedText.IsBlank(text)).WithMessage("It must not be empty.");

    /// <summary>At most so many entries, each of which is a text of that length with at least one character and no other error.</summary>
    public static void ListOf<T>(
        this IRuleBuilder<T, IReadOnlyList<string?>?> rule, int maxEntries, int maxLength, Func<string, string?>? error = null) =>
        rule.Custom((entries, context) =>
        {
            if (entries is null)
                return;
            if (entries.Count > maxEntries)
                context.AddFailure($"It has {entries.Count} entries; {maxEntries} are the most.");
            for (var index = 0; index < Math.Min(entries.Count, maxEntries); index++)
            {
                if (EntryError(entries[index], maxLength, error) is { } reason)
                    context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{index}]", reason));
            }
        });

    // one that a double can hold: numeric goes further, but has an end too
    private static bool IsStorableNumber(JsonElement value)
    {
        var number = value.GetDouble();
        return double.IsFinite(number) && (number != 0 || !value.GetRawText().Split('e', 'E')[0].AsSpan().ContainsAnyInRange('1', '9'));
    }

    // null: unpaired surrogates, which no text can be made of
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? EntryError(string? entry, int maxLength, Func<string, string?>? error) => entry switch
    {
        _ when entry is null || FoldedText.IsBlank(entry) => "It is empty.",
        _ when entry.Length > maxLength => $"It is longer than {maxLength} characters.",
        _ when !IsStorable(entry) => NotStorable,
        _ => error?.Invoke(entry.Trim()),
    };
}
