namespace FastEndpoints;

/// <summary>Claim types and scopes.</summary>
public sealed class SecurityOptions
{
    /// <summary>The claim type of a user's name. Default <c>name</c>.</summary>
    public string NameClaimType { internal get; set; } = "name";

    /// <summary>The claim type of a permission. Default <c>permissions</c>.</summary>
    public string PermissionsClaimType { internal get; set; } = "permissions";

    /// <summary>The claim type of scopes. Default <c>scope</c>.</summary>
    public string ScopeClaimType { internal get; set; } = "scope";

    /// <summary>From a scope claim's value to its scopes. Default: separated by spaces.</summary>
    public Func<string, IEnumerable<string>> ScopeParser { internal get; set; }
        = value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The claim type of a role. Default <c>role</c>.</summary>
    public string RoleClaimType { internal get; set; } = "role";
}
