"""The loyalty API of a Shopware shop: other paths and bodies over the same services."""
