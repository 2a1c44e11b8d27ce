using FluentValidation;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary>What conditions on the content must be.</summary>
internal sealed class ContentConditionsValidator : AbstractValidator<ContentConditions>
{
    private const int MaxEntries = 100;
    private const int MaxPhrase = 200;

    public ContentConditionsValidator()
    {
        RuleFor(content => content.AnyOf).ListOf(MaxEntries, MaxPhrase);
        RuleFor(content => content.AllOf).ListOf(MaxEntries, MaxPhrase);
        RuleFor(content => content.NoneOf).ListOf(MaxEntries, MaxPhrase);
    }
}
