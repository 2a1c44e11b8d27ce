using Microsoft.AspNetCore.Authorization;

namespace FastEndpoints;

public sealed partial class EndpointDefinition
{
    /// <summary>Whether one of the permissions is enough.</summary>
    public bool AllowAnyPermission { get; private set; }

    /// <summary>The permissions that let in.</summary>
    public List<string>? AllowedPermissions { get; private set; }

    /// <summary>Whether one of the scopes is enough.</summary>
    public bool AllowAnyScope { get; private set; }

    /// <summary>The scopes that let in.</summary>
    public List<string>? AllowedScopes { get; private set; }

    /// <summary>Whether one of the claim types is enough.</summary>
    public bool AllowAnyClaim { get; private set; }

    /// <summary>The claim types that let in.</summary>
    public List<string>? AllowedClaimTypes { get; private set; }

    /// <summary>The roles that let in.</summary>
    public List<string>? AllowedRoles { get; private set; }

    /// <summary>The verbs open to anybody.</summary>
    public string[]? AnonymousVerbs { get; private set; }

    /// <summary>The schemes that callers are authenticated by; the application's default when null.</summary>
    public List<string>? AuthSchemeNames { get; private set; }

    /// <summary>Policies of the application that must hold.</summary>
    public List<string>? PreBuiltUserPolicies { get; private set; }

    /// <summary>What else must hold.</summary>
    public Action<AuthorizationPolicyBuilder>? PolicyBuilder { get; private set; }

    /// <summary>Lets anybody in, by these verbs, or by all when there are none.</summary>
    public void AllowAnonymous(params Http[] verbs) => AllowAnonymous(verbs.Length > 0 ? [.. verbs.Select(v => v.ToString("F"))] : Enum.GetNames<Http>());

    /// <summary>Lets anybody in, by these verbs.</summary>
    public void AllowAnonymous(string[] verbs)
    {
        ThrowIfLocked();
        AnonymousVerbs = verbs;
    }

    /// <summary>Authenticates callers by these schemes.</summary>
    public void AuthSchemes(params string[] authSchemeNames) => AuthSchemeNames = Add(AuthSchemeNames, authSchemeNames);

    /// <summary>Lets in who has a claim of any of these types.</summary>
    public void Claims(params string[] claimTypes)
    {
        AllowedClaimTypes = Add(AllowedClaimTypes, claimTypes);
        AllowAnyClaim = true;
    }

    /// <summary>Lets in who has claims of all of these types.</summary>
    public void ClaimsAll(params string[] claimTypes)
    {
        AllowedClaimTypes = Add(AllowedClaimTypes, claimTypes);
        AllowAnyClaim = false;
    }

    /// <summary>Lets in who has any of these permissions: claims of <see cref="SecurityOptions.PermissionsClaimType"/>.</summary>
    public void Permissions(params string[] permissions)
    {
        AllowedPermissions = Add(AllowedPermissions, permissions);
        AllowAnyPermission = true;
    }

    /// <summary>Lets in who has all of these permissions: claims of <see cref="SecurityOptions.PermissionsClaimType"/>.</summary>
    public void PermissionsAll(params string[] permissions)
    {
        AllowedPermissions = Add(AllowedPermissions, permissions);
        AllowAnyPermission = false;
    }

    /// <summary>Lets in who has any of these scopes, in a claim of <see cref="SecurityOptions.ScopeClaimType"/>.</summary>
    public void Scopes(params string[] scopes)
    {
        AllowedScopes = Add(AllowedScopes, scopes);
        AllowAnyScope = true;
    }

    /// <summary>Lets in who has all of these scopes, in one claim of <see cref="SecurityOptions.ScopeClaimType"/>.</summary>
    public void ScopesAll(params string[] scopes)
    {
        AllowedScopes = Add(AllowedScopes, scopes);
        AllowAnyScope = false;
    }

    /// <summary>Lets in who has any of these roles.</summary>
    public void Roles(params string[] rolesNames) => AllowedRoles = Add(AllowedRoles, rolesNames);

    /// <summary>Lets in who satisfies these policies of the application.</summary>
    public void Policies(params string[] policyNames) => PreBuiltUserPolicies = Add(PreBuiltUserPolicies, policyNames);

    /// <summary>Lets in who satisfies this too.</summary>
    public void Policy(Action<AuthorizationPolicyBuilder> policy)
    {
        ThrowIfLocked();
        PolicyBuilder = policy + PolicyBuilder;
    }

    private List<string> Add(List<string>? to, string[] more)
    {
        ThrowIfLocked();
        return [.. to ?? [], .. more];
    }
}
