using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Rules;

/// <summary>
/// The rules of a user as a cache keeps them: as records outside of the process, made ready once inside of it (a cache may hand out
/// the same instance again, since nothing in it changes).
/// </summary>
/// <param name="rules">The active rules.</param>
[ImmutableObject(true)]
public sealed class UserRules(IReadOnlyList<Rule> rules)
{
    private readonly Lazy<CompiledRules> _compiled = new(() => new CompiledRules(rules));

    /// <summary>The active rules.</summary>
    public IReadOnlyList<Rule> Rules { get; } = rules;

    /// <summary>The same, made ready.</summary>
    [JsonIgnore]
    public CompiledRules Compiled => _compiled.Value;
}
