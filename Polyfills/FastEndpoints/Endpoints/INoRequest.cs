namespace FastEndpoints;

/// <summary>Marks endpoints without a request type.</summary>
public interface INoRequest;
