namespace FastEndpoints;

/// <summary>Marks the validators that are discovered.</summary>
internal interface IEndpointValidator;
