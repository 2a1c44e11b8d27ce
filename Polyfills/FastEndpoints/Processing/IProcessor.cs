namespace FastEndpoints;

/// <summary>Marks what runs before or after handlers. Singletons: they keep no state.</summary>
public interface IProcessor;
