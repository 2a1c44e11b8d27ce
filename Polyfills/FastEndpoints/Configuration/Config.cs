namespace FastEndpoints;

/// <summary>The settings of all endpoints of the process; the first application to map its endpoints sets them.</summary>
public sealed class Config
{
    /// <summary>How requests are read.</summary>
    public BindingOptions Binding => Settings.Binding;

    /// <summary>Routes, names and what all endpoints share.</summary>
    public EndpointOptions Endpoints => Settings.Endpoints;

    /// <summary>What an answer of errors looks like.</summary>
    public ErrorOptions Errors => Settings.Errors;

    /// <summary>Claim types and scopes.</summary>
    public SecurityOptions Security => Settings.Security;

    /// <summary>JSON.</summary>
    public SerializerOptions Serializer => Settings.Serializer;

    /// <summary>Validators.</summary>
    public ValidationOptions Validation => Settings.Validation;
}
