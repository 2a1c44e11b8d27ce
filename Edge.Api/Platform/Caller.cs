using System.ComponentModel;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Who asks: the key, its user, and what it may do.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="UserId">Whose key it is.</param>
/// <param name="Scopes">What it may do, as stored.</param>
[ImmutableObject(true)]
internal sealed record Caller(Guid KeyId, Guid UserId, IReadOnlyList<string> Scopes)
{
    /// <summary>Whether it may do whatever there is.</summary>
    public bool IsAdmin => Scopes.Contains(Scope.Admin);

    /// <summary>Whether it may do this.</summary>
    public bool Has(string scope) => Scopes.Contains(scope) || IsAdmin;
}
